// SPDX-License-Identifier: Apache-2.0
#include "log/sequencer/inbox.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/http_status.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

// So many are taken at once that the lock costs little, so few that a due batch closes in time.
constexpr size_t kItemsAtOnce = 32;

}  // namespace

absl::Status Inbox::CheckRoomLocked() const {
  if (!halted_.ok()) return halted_;
  if (stopping_) {
    return Refuse(absl::StatusCode::kUnavailable, "SHUTTING_DOWN",
                  "the log is stopping; submit again later");
  }
  if (!blocked_.ok()) return blocked_;
  if (queue_.size() < limits_.max_entries && queued_bytes_ < limits_.max_bytes) {
    return absl::OkStatus();
  }
  return WithRetryAfter(
      Refuse(absl::StatusCode::kResourceExhausted, "QUEUE_FULL",
             absl::StrCat("the log's queue is full (", limits_.max_entries, " entries or ",
                          limits_.max_bytes, " bytes); nothing was logged, submit again later")),
      limits_.retry_delay);
}

absl::Status Inbox::CheckRoom() const {
  MutexLock lock(&mutex_);
  return CheckRoomLocked();
}

absl::Status Inbox::Push(QueuedSubmission& item) {
  MutexLock lock(&mutex_);
  CANDOR_RETURN_IF_ERROR(CheckRoomLocked());
  queued_bytes_ += item.bytes();
  queue_.push_back(std::move(item));
  changed_.Signal();
  return absl::OkStatus();
}

VerificationToken Inbox::BeginVerification() {
  {
    MutexLock lock(&mutex_);
    ++in_verification_;
  }
  return VerificationToken(std::shared_ptr<void>(
      nullptr, [inbox = shared_from_this()](void*) { inbox->EndVerification(); }));
}

void Inbox::EndVerification() {
  MutexLock lock(&mutex_);
  if (--in_verification_ == 0) changed_.Signal();
}

void Inbox::Block(absl::Status why) {
  MutexLock lock(&mutex_);
  blocked_ = std::move(why);
}

void Inbox::Halt(absl::Status why) {
  MutexLock lock(&mutex_);
  if (halted_.ok()) halted_ = std::move(why);
  changed_.Signal();
}

void Inbox::Stop() {
  MutexLock lock(&mutex_);
  stopping_ = true;
  changed_.Signal();
}

void Inbox::CommitBegins() {
  MutexLock lock(&mutex_);
  committing_ = true;
}

void Inbox::CommitEnds() {
  MutexLock lock(&mutex_);
  committing_ = false;
  changed_.Signal();
}

bool Inbox::ShouldClose(const Gathering& batch, Time now) const {
  if (batch.empty || committing_) return false;
  if (batch.full() || now >= batch.deadline) return true;
  return queue_.empty() && (in_verification_ == 0 || stopping_);
}

void Inbox::TakeItems(size_t max_items, size_t max_bytes, std::vector<QueuedSubmission>& items) {
  size_t taken_bytes = 0;
  for (; !queue_.empty() && items.size() < max_items && taken_bytes < max_bytes;
       queue_.pop_front()) {
    const size_t bytes = queue_.front().bytes();
    taken_bytes += bytes;
    queued_bytes_ -= bytes;
    items.push_back(std::move(queue_.front()));
  }
}

void Inbox::WaitForChange(const Gathering& batch, Time now) {
  if (batch.empty || committing_ || batch.full()) {
    changed_.Wait(&mutex_);
  } else {
    changed_.WaitFor(&mutex_, absl::FromChrono(batch.deadline - now));
  }
}

Inbox::Work Inbox::WaitForWork(const Gathering& batch, std::vector<QueuedSubmission>& items) {
  items.clear();
  MutexLock lock(&mutex_);
  while (true) {
    if (!halted_.ok() && !failed_all_) {
      failed_all_ = true;
      TakeItems(SIZE_MAX, SIZE_MAX, items);
      return Work::kFail;
    }
    const Time now = batch.empty ? Time() : std::chrono::steady_clock::now();
    if (ShouldClose(batch, now)) return Work::kClose;
    if (!batch.full() && !queue_.empty()) {
      TakeItems(std::min(kItemsAtOnce, batch.room_entries), batch.room_bytes, items);
      return Work::kProcess;
    }
    if (stopping_ && batch.empty && queue_.empty() && !committing_) return Work::kExit;
    WaitForChange(batch, now);
  }
}

std::vector<QueuedSubmission> Inbox::TakeAll() {
  std::vector<QueuedSubmission> items;
  MutexLock lock(&mutex_);
  TakeItems(SIZE_MAX, SIZE_MAX, items);
  return items;
}

absl::Status Inbox::halted() const {
  MutexLock lock(&mutex_);
  return halted_;
}

size_t Inbox::queued_entries() const {
  MutexLock lock(&mutex_);
  return queue_.size();
}

size_t Inbox::queued_bytes() const {
  MutexLock lock(&mutex_);
  return queued_bytes_;
}

size_t Inbox::in_verification() const {
  MutexLock lock(&mutex_);
  return in_verification_;
}

}  // namespace candor
