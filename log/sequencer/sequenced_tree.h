// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"
#include "log/sequencer/right_edge.h"
#include "log/storage/log_store.h"

namespace candor {

// One durable state of the tree. Immutable.
struct TreeState {
  StoredHead head;
  RightEdge edge;  // of head.tree_size
};

// The newest durable state, handed from the sequencer to readers. Thread-safe.
class SequencedTree {
 public:
  explicit SequencedTree(std::shared_ptr<const TreeState> state) : state_(std::move(state)) {}

  // Never null. The store holds at least this state.
  std::shared_ptr<const TreeState> Get() const {
    MutexLock lock(&mutex_);
    return state_;
  }
  void Set(std::shared_ptr<const TreeState> state) {
    MutexLock lock(&mutex_);
    state_.swap(state);
  }

 private:
  mutable Mutex mutex_;
  std::shared_ptr<const TreeState> state_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace candor
