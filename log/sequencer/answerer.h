// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"
#include "log/sequencer/answer.h"
#include "log/storage/log_store.h"

namespace candor {

// Calls people back, in order, on a thread of its own: neither the order of entries nor the disk
// waits for them. Thread-safe.
class Answerer {
 public:
  Answerer() = default;
  ~Answerer();  // Stops.
  Answerer(const Answerer&) = delete;
  Answerer& operator=(const Answerer&) = delete;

  // Before Start.
  void SetHeadListener(std::function<void(const StoredHead&)> listener);
  void Start();

  // Waits while more than kMaxPending answers wait to be given; not to be called from a callback.
  void Post(std::vector<Answer> answers, std::optional<StoredHead> head = std::nullopt);

  // Gives all answers and joins. Nothing may be posted afterwards.
  void Stop();

 private:
  static constexpr size_t kMaxPending = 32768;

  struct Delivery {
    std::optional<StoredHead> head;
    std::vector<Answer> answers;
  };
  void Run();
  void Deliver(Delivery delivery);

  std::function<void(const StoredHead&)> head_listener_;
  Mutex mutex_;
  CondVar posted_;
  CondVar delivered_;
  std::deque<Delivery> deliveries_ ABSL_GUARDED_BY(mutex_);
  size_t pending_ ABSL_GUARDED_BY(mutex_) = 0;  // answers in them
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace candor
