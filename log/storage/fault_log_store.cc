// SPDX-License-Identifier: Apache-2.0
#include "log/storage/fault_log_store.h"

#include "core/util/reason.h"

namespace candor {
namespace {

absl::Status Injected() {
  return Refuse(absl::StatusCode::kUnavailable, "INJECTED_FAULT", "the store failed (injected)");
}

}  // namespace

void FaultLogStore::FailAppend(uint64_t number, Fault fault) {
  MutexLock lock(&mutex_);
  fail_at_ = appends_ + number;
  fault_ = fault;
}

void FaultLogStore::Hold() {
  MutexLock lock(&mutex_);
  hold_ = true;
}

void FaultLogStore::Release() {
  MutexLock lock(&mutex_);
  hold_ = false;
  changed_.SignalAll();
}

void FaultLogStore::WaitUntilHeld() {
  MutexLock lock(&mutex_);
  while (held_ == 0) changed_.Wait(&mutex_);
}

uint64_t FaultLogStore::appends() const {
  MutexLock lock(&mutex_);
  return appends_;
}

AppendOutcome FaultLogStore::Append(const AppendRequest& request) {
  bool fail = false;
  Fault fault;
  {
    MutexLock lock(&mutex_);
    ++held_;
    changed_.SignalAll();
    while (hold_) changed_.Wait(&mutex_);
    --held_;
    if (dead_) return Unknown{Injected()};
    fail = appends_++ == fail_at_;
    fault = fault_;
  }
  return fail ? AppendWithFault(request, fault) : base_->Append(request);
}

AppendOutcome FaultLogStore::AppendWithFault(const AppendRequest& request, Fault fault) {
  if (fault == Fault::kConflict) {
    StoredHead other = request.next;
    other.root = Hash();  // no tree has this root
    return Conflict{other};
  }
  const bool persist = fault == Fault::kFailedButPersisted || fault == Fault::kCrashAfter ||
                       fault == Fault::kUnknownUnreadable;
  if (persist) {
    AppendOutcome outcome = base_->Append(request);
    if (!std::holds_alternative<Committed>(outcome)) return outcome;
  }
  MutexLock lock(&mutex_);
  dead_ = fault == Fault::kCrashBefore || fault == Fault::kCrashAfter;
  unreadable_ = dead_ || fault == Fault::kUnknownUnreadable;
  return Unknown{Injected()};
}

absl::StatusOr<std::unique_ptr<LogSnapshot>> FaultLogStore::GetSnapshot() const {
  {
    MutexLock lock(&mutex_);
    if (unreadable_) return Injected();
  }
  return base_->GetSnapshot();
}

}  // namespace candor
