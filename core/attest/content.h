// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/attest/entry.h"
#include "core/attest/predicates.h"
#include "core/attest/purl.h"
#include "core/attest/registry_entries.h"
#include "core/attest/statement.h"
#include "core/crypto/hash.h"

namespace candor {

// What a payload says: a pure function of its bytes, computed once (off the sequencer's thread) and
// used by Resolve, Admit and Apply.
struct EntryContent {
  Hash statement_id;  // Ties the content to its entry.
  Statement statement;
  PredicateKind kind;
  std::vector<Purl>
      purls;  // Products it speaks about, ascending, each once. Empty for registry entries.
  std::optional<LogConfig> log_config;      // Set iff kind is kLogConfig.
  std::optional<ParticipantKeyset> keyset;  // Set iff kind is kParticipantKeyset.
};

// INVALID_ARGUMENT with reason PAYLOAD_TYPE_UNSUPPORTED (only application/vnd.in-toto+json is a
// statement), PREDICATE_UNKNOWN, or one of the parsers'; UNIMPLEMENTED with reason UNSUPPORTED_KIND
// for registry entries that this build does not know how to admit.
absl::StatusOr<EntryContent> ExamineContent(std::string_view payload_type,
                                            std::string_view payload);

// The same for an entry with its payload inline; FAILED_PRECONDITION with reason PAYLOAD_MISSING
// when it is not.
absl::StatusOr<EntryContent> ExamineEntry(const Entry& entry);
// The same with the payload given; INVALID_ARGUMENT with reason PAYLOAD_MISMATCH when it is not the
// entry's.
absl::StatusOr<EntryContent> ExamineEntry(const Entry& entry, std::string_view payload);

}  // namespace candor
