// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "core/note/checkpoint.h"

namespace candor {

// A checkpoint that met the quorum, as it is served. Immutable.
struct PublishedCheckpoint {
  Checkpoint checkpoint;
  std::string note;         // the signed note with its cosignatures
  absl::Time published_at;  // when this process made this size current (or restored it)
};

// Those who wait until an entry is covered by a published checkpoint. Thread-safe. Callbacks run on
// the thread that calls, without a lock held, exactly once each; they must be quick.
class PublishWaiters {
 public:
  using Result = absl::StatusOr<std::shared_ptr<const PublishedCheckpoint>>;
  using Callback = std::function<void(Result)>;

  explicit PublishWaiters(size_t max_waiters) : max_waiters_(max_waiters) {}

  // Waits until a published tree has more than `index` entries. Answers a number for Cancel; 0 when
  // the callback was called before this returned: because it is published already, with
  // RESOURCE_EXHAUSTED (reason TOO_MANY_WAITERS), or with UNAVAILABLE (reason SHUTTING_DOWN) after
  // Close.
  uint64_t Wait(uint64_t index, absl::Time deadline, Callback callback);

  // True when it was still waiting; its callback is then never called.
  bool Cancel(uint64_t id);

  // Answers all that this checkpoint covers.
  void Published(const std::shared_ptr<const PublishedCheckpoint>& checkpoint);

  // Answers all whose deadline has come: DEADLINE_EXCEEDED, reason NOT_YET_PUBLISHED.
  void Expire(absl::Time now);

  // The earliest deadline, InfiniteFuture when nobody waits.
  absl::Time NextDeadline() const;

  // Answers everybody, now and later, with UNAVAILABLE.
  void Close();

  size_t size() const;
  // Null before the first.
  std::shared_ptr<const PublishedCheckpoint> current() const;

 private:
  struct Waiter {
    uint64_t index;
    absl::Time deadline;
    Callback callback;
  };
  using IdSet = std::set<std::pair<uint64_t, uint64_t>>;

  Waiter Take(uint64_t id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Admission() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t max_waiters_;
  mutable Mutex mutex_;
  std::shared_ptr<const PublishedCheckpoint> current_ ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  uint64_t last_id_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<uint64_t, Waiter> waiters_ ABSL_GUARDED_BY(mutex_);  // by id
  IdSet by_index_ ABSL_GUARDED_BY(mutex_);                      // (index, id)
  std::set<std::pair<absl::Time, uint64_t>> by_deadline_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace candor
