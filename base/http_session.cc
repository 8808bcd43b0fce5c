// SPDX-License-Identifier: Apache-2.0
#include "base/http_session.h"

#include <poll.h>

#include "absl/time/clock.h"

namespace candor {

PeerState LookAtPeer(boost::asio::ip::tcp::socket& socket) {
  pollfd look = {socket.native_handle(), POLLRDHUP, 0};
  if (poll(&look, 1, 0) <= 0) return PeerState::kThere;
  if ((look.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) return PeerState::kGone;
  return PeerState::kHalfClosed;
}

void HttpSessions::Add(HttpSession* key, std::weak_ptr<HttpSession> session) {
  MutexLock lock(&mutex_);
  sessions_[key] = std::move(session);
}

void HttpSessions::Remove(HttpSession* key) {
  SetWaiting(key, false);
  MutexLock lock(&mutex_);
  sessions_.erase(key);
  changed_.SignalAll();
}

void HttpSessions::SetWaiting(HttpSession* key, bool waiting) {
  MutexLock lock(&mutex_);
  const auto found = waits_.find(key);
  if (waiting == (found != waits_.end())) return;
  if (waiting) {
    waits_[key] = waiting_.insert(waiting_.end(), key);
  } else {
    waiting_.erase(found->second);
    waits_.erase(found);
  }
}

std::shared_ptr<HttpSession> HttpSessions::TakeLongestWaiting() {
  MutexLock lock(&mutex_);
  while (!waiting_.empty()) {
    HttpSession* const longest = waiting_.front();
    waiting_.pop_front();
    waits_.erase(longest);
    const auto found = sessions_.find(longest);
    if (found == sessions_.end()) continue;
    if (auto session = found->second.lock()) return session;
  }
  return nullptr;
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
