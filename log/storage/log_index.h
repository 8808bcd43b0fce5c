// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "core/crypto/hash.h"

namespace candor {

// Look-ups that only a local index can serve: derived from the entries, kept apart from the truth
// so that a store without them (or with remote entries) can have them beside it. Thread-safe.
//
// Answers are candidates: an index keeps short prefixes, and a prefix can be ground. The caller
// must read each entry and compare (EntryLookup in log/sequencer does). No entry is ever missing
// below applied_size().
class LogIndex {
 public:
  virtual ~LogIndex() = default;

  // Indexes >= `from` of entries that may have this statement id, ascending, at most `limit`; fewer
  // only when there are no more. Never an index at or beyond applied_size().
  virtual absl::StatusOr<std::vector<uint64_t>> FindByStatement(const Hash& statement_id,
                                                                uint64_t from,
                                                                size_t limit) const = 0;

  // The same by leaf hash.
  virtual absl::StatusOr<std::vector<uint64_t>> FindByLeaf(const Hash& leaf_hash, uint64_t from,
                                                           size_t limit) const = 0;

  // The index covers exactly the entries below this. Sequencing needs it equal to the head's size.
  virtual absl::StatusOr<uint64_t> applied_size() const = 0;
};

}  // namespace candor
