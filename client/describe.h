// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/attest/dsse.h"
#include "core/attest/entry.h"
#include "core/attest/json.h"
#include "core/note/tlog_proof.h"

namespace candor {

// Things of a log in words, for people: several lines, fit for a terminal. None of it is verified,
// and the words say so where it matters.

std::string DescribeEntry(const Entry& entry);
std::string DescribeEnvelope(const DsseEnvelope& envelope);
// A checkpoint note. INVALID_ARGUMENT when it is not one.
absl::StatusOr<std::string> DescribeCheckpoint(std::string_view note);
// A proof file with its checkpoint and, if it holds one, its entry: other logs' proofs hold none.
absl::StatusOr<std::string> DescribeProof(const TlogProof& proof);

// One line about an entry that was checked: index, kind, products, who signed. `participants` may
// be empty.
std::string EntryLine(uint64_t index, const Entry& entry,
                      absl::Span<const std::string> participants);

// The same for machines. A proof without an entry has "noEntry" instead of "entry", and says why.
Json EntryJson(const Entry& entry);
Json EnvelopeJson(const DsseEnvelope& envelope);
absl::StatusOr<Json> CheckpointJson(std::string_view note);
absl::StatusOr<Json> ProofJson(const TlogProof& proof);

}  // namespace candor
