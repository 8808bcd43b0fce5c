// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/attest/entry.h"
#include "core/attest/registry.h"
#include "core/crypto/hash.h"
#include "log/storage/log_index.h"
#include "log/storage/log_store.h"

namespace candor {

// For EntryLookup: all that is durable now.
inline constexpr uint64_t kWholeLog = UINT64_MAX;

// Turns the index's candidates into answers by reading the entries. Thread-safe. Sees what is
// durable and below `tree_size`.
class EntryLookup {
 public:
  EntryLookup(const LogStore* store, const LogIndex* index) : store_(store), index_(index) {}

  // Every key whose signature of the statement is logged, once, with the first entry that has it;
  // ascending by index.
  absl::StatusOr<std::vector<LoggedKey>> FindLogged(const Hash& statement_id,
                                                    uint64_t tree_size) const;

  // The first entry of the statement; of the statement with a signature by `key`; with the leaf
  // hash.
  absl::StatusOr<std::optional<uint64_t>> FindStatement(const Hash& statement_id,
                                                        uint64_t tree_size) const;
  absl::StatusOr<std::optional<uint64_t>> FindStatementKey(const Hash& statement_id,
                                                           const KeyHash& key,
                                                           uint64_t tree_size) const;
  absl::StatusOr<std::optional<uint64_t>> FindLeaf(const Hash& leaf_hash, uint64_t tree_size) const;

 private:
  // Calls `visit` with index and bytes of each candidate below `tree_size`, ascending, until it
  // says false.
  using Finder =
      absl::FunctionRef<absl::StatusOr<std::vector<uint64_t>>(uint64_t from, size_t limit)>;
  using Visitor = absl::FunctionRef<absl::StatusOr<bool>(uint64_t index, const std::string& entry)>;
  absl::Status Visit(Finder find, uint64_t tree_size, Visitor visit) const;
  // The same for the entries that are of the statement.
  absl::Status VisitStatement(
      const Hash& statement_id, uint64_t tree_size,
      absl::FunctionRef<bool(uint64_t index, const Entry& entry)> visit) const;

  const LogStore* const store_;
  const LogIndex* const index_;
};

}  // namespace candor
