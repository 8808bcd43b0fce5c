// SPDX-License-Identifier: Apache-2.0
#include "log/sequencer/answerer.h"

#include <utility>

namespace candor {

Answerer::~Answerer() { Stop(); }

void Answerer::SetHeadListener(std::function<void(const StoredHead&)> listener) {
  head_listener_ = std::move(listener);
}

void Answerer::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Answerer::Post(std::vector<Answer> answers, std::optional<StoredHead> head) {
  if (answers.empty() && !head.has_value()) return;
  MutexLock lock(&mutex_);
  while (pending_ > kMaxPending) delivered_.Wait(&mutex_);
  pending_ += answers.size();
  deliveries_.push_back({head, std::move(answers)});
  posted_.Signal();
}

void Answerer::Stop() {
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
    posted_.Signal();
  }
  if (thread_.joinable()) thread_.join();
}

void Answerer::Run() {
  while (true) {
    Delivery delivery;
    {
      MutexLock lock(&mutex_);
      while (deliveries_.empty() && !stopping_) posted_.Wait(&mutex_);
      if (deliveries_.empty()) return;
      delivery = std::move(deliveries_.front());
      deliveries_.pop_front();
      pending_ -= delivery.answers.size();
      delivered_.SignalAll();
    }
    Deliver(std::move(delivery));
  }
}

void Answerer::Deliver(Delivery delivery) {
  if (delivery.head.has_value() && head_listener_) head_listener_(*delivery.head);
  for (Answer& answer : delivery.answers) {
    std::move(answer.callback)(std::move(answer.result));
  }
}

}  // namespace candor
