// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/mutex.h"
#include "log/storage/log_store.h"

namespace candor {

// For tests: a LogStore that fails on command. Thread-safe.
class FaultLogStore final : public LogStore {
 public:
  enum class Fault {
    kFailedNotPersisted,  // Unknown; the append did not happen
    kFailedButPersisted,  // Unknown; the append did happen
    kConflict,            // Conflict with the head of another writer; nothing happened
    kCrashBefore,  // as the first, and from now on nothing works: the process is as good as dead
    kCrashAfter,   // as the second, and from now on nothing works
    kUnknownUnreadable,  // as the second, and from now on reading fails
  };

  explicit FaultLogStore(LogStore* base) : base_(base) {}  // `base` outlives this.

  // The append with this number (0 is the next one) meets `fault`, once.
  void FailAppend(uint64_t number, Fault fault);
  // Appends wait inside Append until Release. For tests of what happens while one syncs.
  void Hold();
  void Release();
  // Blocks until an append waits.
  void WaitUntilHeld();

  uint64_t appends() const;  // calls so far

  AppendOutcome Append(const AppendRequest& request) override;
  absl::StatusOr<std::unique_ptr<LogSnapshot>> GetSnapshot() const override;

 private:
  AppendOutcome AppendWithFault(const AppendRequest& request, Fault fault);

  LogStore* const base_;
  mutable Mutex mutex_;
  CondVar changed_;
  uint64_t appends_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t fail_at_ ABSL_GUARDED_BY(mutex_) = UINT64_MAX;
  Fault fault_ ABSL_GUARDED_BY(mutex_) = Fault::kFailedNotPersisted;
  bool hold_ ABSL_GUARDED_BY(mutex_) = false;
  int held_ ABSL_GUARDED_BY(mutex_) = 0;
  bool dead_ ABSL_GUARDED_BY(mutex_) = false;
  bool unreadable_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace candor
