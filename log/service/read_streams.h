// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "base/mutex.h"

namespace candor {

// One stream of entries that somebody reads. Thread-safe.
class ReadStream {
 public:
  explicit ReadStream(std::function<void()> cancel) : cancel_(std::move(cancel)) {}

  // From now on it waits for its reader, or does no longer.
  void WaitsForReader(absl::Time since) { since_ = absl::ToUnixMillis(since); }
  void Works() { since_ = kWorks; }

  // Ends it if it has waited since `since` or longer.
  void CancelIfWaiting(absl::Time since);
  // After this `cancel` is not called any more.
  void Close();

 private:
  static constexpr int64_t kWorks = INT64_MAX;

  std::atomic<int64_t> since_ = kWorks;  // Unix milliseconds
  // Held while `cancel` runs, which may close the stream on the same thread.
  std::recursive_mutex mutex_;
  std::function<void()> cancel_;
};

// All of them. A stream holds memory for what its reader did not take yet, so there are only so
// many, and one whose reader takes nothing is ended. Thread-safe.
class ReadStreams {
 public:
  explicit ReadStreams(size_t max_open) : max_open_(max_open) {}

  // A further one, which `cancel` ends; null when too many are open.
  std::shared_ptr<ReadStream> Open(std::function<void()> cancel);
  void Close(const std::shared_ptr<ReadStream>& stream);

  // Ends those that have waited for their readers since `since` or longer.
  void CancelWaiting(absl::Time since);
  size_t open() const;

 private:
  const size_t max_open_;
  mutable Mutex mutex_;
  std::set<std::shared_ptr<ReadStream>> streams_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace candor
