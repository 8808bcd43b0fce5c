// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "core/attest/content.h"
#include "core/attest/entry.h"
#include "core/attest/memory_registry.h"
#include "core/crypto/hash.h"
#include "log/sequencer/right_edge.h"
#include "log/sequencer/sequenced_tree.h"
#include "log/storage/log_store.h"

namespace candor {

// One append and the state that it leads to.
struct Batch {
  AppendRequest request;
  std::shared_ptr<const TreeState> after;
  // The registry after it; null when it does not change the registry.
  std::shared_ptr<const MemoryRegistry> registry;
};

// Extends a log entry by entry: admits each against the registry as all entries before it left it,
// those that are not durable yet included, and gathers them into batches. There is no way back:
// after a failed append a builder must not be used. Not thread-safe.
class BatchBuilder {
 public:
  // From a durable state. `registry` is that of `head`.
  BatchBuilder(const StoredHead& head, RightEdge edge, MemoryRegistry registry);

  // Adds the entry at next_index(). `encoded` and `leaf_hash` are the entry's. An error is what
  // Admit or Apply says; nothing has changed then.
  absl::Status Add(const Entry& entry, const EntryContent& content, std::string encoded,
                   const Hash& leaf_hash);

  uint64_t next_index() const { return edge_.size(); }
  bool empty() const { return request_.entries.empty(); }
  size_t entries() const { return request_.entries.size(); }
  size_t bytes() const { return bytes_; }  // of the entries

  // The batch so far, which is not empty; a new one begins on top of it.
  Batch Take();

 private:
  void ApplyDelta(const RegistryDelta& delta);

  StoredHead head_;  // before the batch
  RightEdge edge_;
  MemoryRegistry registry_;
  Hash registry_digest_;
  AppendRequest request_;
  size_t bytes_ = 0;
};

}  // namespace candor
