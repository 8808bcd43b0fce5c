// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "base/mutex.h"

namespace candor {

// A fixed number of threads over one bounded first-in first-out queue. Thread-safe.
// Tasks must not throw and must not call Shutdown.
class ThreadPool {
 public:
  // At least one thread; the queue holds up to `max_queued` tasks that no thread has taken yet.
  ThreadPool(size_t threads, size_t max_queued);
  // Runs what is queued, then joins.
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // RESOURCE_EXHAUSTED (reason QUEUE_FULL) when the queue is full, UNAVAILABLE (reason
  // SHUTTING_DOWN) after Shutdown; the task then never runs.
  absl::Status Schedule(std::function<void()> task);

  // Accepts nothing more, runs what is queued, joins the threads. Safe to call twice.
  void Shutdown();

  size_t queued() const;

 private:
  void Run();

  const size_t max_queued_;
  mutable Mutex mutex_;
  CondVar wake_;
  std::deque<std::function<void()>> queue_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace candor
