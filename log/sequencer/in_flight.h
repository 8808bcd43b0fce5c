// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "base/mutex.h"
#include "core/attest/entry.h"
#include "core/attest/registry.h"
#include "core/crypto/hash.h"
#include "log/sequencer/answer.h"

namespace candor {

// Entries that have an index but are not known to be durable, and who waits for them. Who looks for
// duplicates looks here first and in the store afterwards: entries leave only when they are
// durable, so none is in neither place. Thread-safe.
class InFlight {
 public:
  // `next_index` is that of the first entry to come.
  explicit InFlight(uint64_t next_index) : first_index_(next_index) {}

  // The keys in flight for the statement with the entries in flight that have them, by index.
  std::vector<LoggedKey> FindLogged(const Hash& statement_id) const;

  // The entry at the next index.
  void Add(const Entry& entry, const Hash& leaf_hash, AddCallback callback);

  // Lets `callback` wait for the entry as for a duplicate. False, and the callback stays with the
  // caller, when the entry is not in flight any more: it is durable.
  bool Join(uint64_t index, AddCallback& callback);

  // Removes the entries below `tree_size`, which are durable, and gives everyone's answer.
  std::vector<Answer> TakeDurable(uint64_t tree_size);
  // Removes all entries: everyone gets `why`.
  std::vector<Answer> Fail(const absl::Status& why);

  size_t size() const;

 private:
  struct Item {
    Hash statement_id;
    Hash leaf_hash;
    std::vector<AddCallback> waiters;  // the first one submitted the entry
  };

  mutable Mutex mutex_;
  uint64_t first_index_ ABSL_GUARDED_BY(mutex_);
  std::deque<Item> items_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<Hash, std::vector<LoggedKey>> by_statement_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace candor
