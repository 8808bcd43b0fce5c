// SPDX-License-Identifier: Apache-2.0
#include "log/publisher/publish_waiters.h"

#include "absl/strings/str_cat.h"
#include "core/util/reason.h"

namespace candor {

uint64_t PublishWaiters::Wait(uint64_t index, absl::Time deadline, Callback callback) {
  Result now_known;
  {
    MutexLock lock(&mutex_);
    if (current_ != nullptr && current_->checkpoint.tree_size > index) {
      now_known = current_;
    } else if (absl::Status admission = Admission(); !admission.ok()) {
      now_known = std::move(admission);
    } else {
      const uint64_t id = ++last_id_;
      by_index_.emplace(index, id);
      by_deadline_.emplace(deadline, id);
      waiters_.emplace(id, Waiter{index, deadline, std::move(callback)});
      return id;
    }
  }
  callback(std::move(now_known));
  return 0;
}

absl::Status PublishWaiters::Admission() const {
  if (closed_) {
    return Refuse(absl::StatusCode::kUnavailable, "SHUTTING_DOWN",
                  "the log is shutting down; submit again: a retry is safe");
  }
  if (waiters_.size() >= max_waiters_) {
    return Refuse(absl::StatusCode::kResourceExhausted, "TOO_MANY_WAITERS",
                  absl::StrCat("more than ", max_waiters_,
                               " calls wait for publication; try again later: a retry is safe"));
  }
  return absl::OkStatus();
}

PublishWaiters::Waiter PublishWaiters::Take(uint64_t id) {
  Waiter waiter = std::move(waiters_.extract(id).mapped());
  by_index_.erase({waiter.index, id});
  by_deadline_.erase({waiter.deadline, id});
  return waiter;
}

bool PublishWaiters::Cancel(uint64_t id) {
  MutexLock lock(&mutex_);
  if (!waiters_.contains(id)) return false;
  Take(id);
  return true;
}

void PublishWaiters::Published(const std::shared_ptr<const PublishedCheckpoint>& checkpoint) {
  std::vector<Waiter> answered;
  {
    MutexLock lock(&mutex_);
    current_ = checkpoint;
    while (!by_index_.empty() && by_index_.begin()->first < checkpoint->checkpoint.tree_size) {
      answered.push_back(Take(by_index_.begin()->second));
    }
  }
  for (Waiter& waiter : answered) waiter.callback(checkpoint);
}

void PublishWaiters::Expire(absl::Time now) {
  std::vector<Waiter> expired;
  {
    MutexLock lock(&mutex_);
    while (!by_deadline_.empty() && by_deadline_.begin()->first <= now) {
      expired.push_back(Take(by_deadline_.begin()->second));
    }
  }
  for (Waiter& waiter : expired) {
    waiter.callback(
        Refuse(absl::StatusCode::kDeadlineExceeded, "NOT_YET_PUBLISHED",
               absl::StrCat("no published checkpoint covers entry ", waiter.index, " yet")));
  }
}

absl::Time PublishWaiters::NextDeadline() const {
  MutexLock lock(&mutex_);
  return by_deadline_.empty() ? absl::InfiniteFuture() : by_deadline_.begin()->first;
}

void PublishWaiters::Close() {
  std::vector<Waiter> left;
  absl::Status status;
  {
    MutexLock lock(&mutex_);
    closed_ = true;
    status = Admission();
    while (!waiters_.empty()) left.push_back(Take(waiters_.begin()->first));
  }
  for (Waiter& waiter : left) waiter.callback(status);
}

size_t PublishWaiters::size() const {
  MutexLock lock(&mutex_);
  return waiters_.size();
}

std::shared_ptr<const PublishedCheckpoint> PublishWaiters::current() const {
  MutexLock lock(&mutex_);
  return current_;
}

}  // namespace candor
