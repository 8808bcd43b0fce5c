// SPDX-License-Identifier: Apache-2.0
#include "base/http_session.h"

#include "absl/time/clock.h"

namespace candor {

void HttpSessions::Add(HttpSession* key, std::weak_ptr<HttpSession> session) {
  MutexLock lock(&mutex_);
  sessions_[key] = std::move(session);
}

void HttpSessions::Remove(HttpSession* key) {
  MutexLock lock(&mutex_);
  sessions_.erase(key);
  changed_.SignalAll();
}

size_t HttpSessions::count() const {
  MutexLock lock(&mutex_);
  return sessions_.size();
}

std::vector<std::shared_ptr<HttpSession>> HttpSessions::All() const {
  std::vector<std::shared_ptr<HttpSession>> all;
  MutexLock lock(&mutex_);
  for (const auto& [key, weak] : sessions_) {
    if (auto session = weak.lock()) all.push_back(std::move(session));
  }
  return all;
}

bool HttpSessions::WaitUntilEmpty(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  MutexLock lock(&mutex_);
  while (!sessions_.empty()) {
    const absl::Duration left = deadline - absl::Now();
    if (left <= absl::ZeroDuration()) return false;
    changed_.WaitFor(&mutex_, left);
  }
  return true;
}

bool HttpSessions::ReserveBody(size_t bytes) {
  size_t held = body_bytes_.load();
  do {
    if (bytes > options_.max_buffered_body_bytes ||
        held > options_.max_buffered_body_bytes - bytes) {
      return false;
    }
  } while (!body_bytes_.compare_exchange_weak(held, held + bytes));
  return true;
}

void HttpSessions::ReleaseBody(size_t bytes) { body_bytes_ -= bytes; }

}  // namespace candor
