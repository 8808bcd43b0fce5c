// SPDX-License-Identifier: Apache-2.0
#include "base/thread_pool.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/util/reason.h"

namespace candor {

ThreadPool::ThreadPool(size_t threads, size_t max_queued) : max_queued_(max_queued) {
  MutexLock lock(&mutex_);
  for (size_t i = 0; i < std::max<size_t>(threads, 1); ++i) {
    threads_.emplace_back([this] { Run(); });
  }
}

ThreadPool::~ThreadPool() { Shutdown(); }

absl::Status ThreadPool::Schedule(std::function<void()> task) {
  MutexLock lock(&mutex_);
  if (stopping_) {
    return Refuse(absl::StatusCode::kUnavailable, "SHUTTING_DOWN",
                  "the process is shutting down; try again when it is back");
  }
  if (queue_.size() >= max_queued_) {
    return Refuse(
        absl::StatusCode::kResourceExhausted, "QUEUE_FULL",
        absl::StrCat("the queue holds its limit of ", max_queued_, " tasks; try again later"));
  }
  queue_.push_back(std::move(task));
  wake_.Signal();
  return absl::OkStatus();
}

void ThreadPool::Shutdown() {
  std::vector<std::thread> threads;
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
    threads.swap(threads_);
    wake_.SignalAll();
  }
  for (std::thread& thread : threads) thread.join();
}

size_t ThreadPool::queued() const {
  MutexLock lock(&mutex_);
  return queue_.size();
}

void ThreadPool::Run() {
  while (true) {
    std::function<void()> task;
    {
      MutexLock lock(&mutex_);
      while (queue_.empty() && !stopping_) wake_.Wait(&mutex_);
      if (queue_.empty()) return;
      task = std::move(queue_.front());
      queue_.pop_front();
    }
    task();
  }
}

}  // namespace candor
