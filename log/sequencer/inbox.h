// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "core/attest/resolve.h"
#include "core/crypto/hash.h"
#include "log/sequencer/answer.h"
#include "log/sequencer/verification_token.h"

namespace candor {

struct QueuedSubmission {
  Resolution submission;
  std::string encoded;  // the entry, "" when there is none
  Hash leaf_hash;
  AddCallback callback;

  size_t bytes() const { return encoded.size(); }
};

struct InboxLimits {
  size_t max_entries = 8192;
  size_t max_bytes = size_t{64} << 20;
  absl::Duration retry_delay = absl::Seconds(1);
};

// What the sequencer's thread waits for: submissions, the end of a commit, a stop, a halt. It holds
// the bounded queue and decides when a batch closes. Thread-safe; WaitForWork is for one thread.
class Inbox : public std::enable_shared_from_this<Inbox> {
 public:
  explicit Inbox(const InboxLimits& limits) : limits_(limits) {}

  // Moves `item` in, or says why not (QUEUE_FULL, SHUTTING_DOWN, SEQUENCER_HALTED, what Block was
  // given) and leaves it as it was.
  absl::Status Push(QueuedSubmission& item);
  absl::Status CheckRoom() const;

  // `this` must be held by a shared_ptr.
  VerificationToken BeginVerification();

  void Block(absl::Status why);
  // The first one counts.
  void Halt(absl::Status why);
  void Stop();
  // The committer takes no batch between these two.
  void CommitBegins();
  void CommitEnds();

  enum class Work {
    kProcess,  // process the items
    kClose,    // close the batch: the committer is idle
    kFail,     // it has halted: fail the items and everything in flight; comes once
    kExit,     // stopped, and nothing is left to do
  };

  using Time = std::chrono::steady_clock::time_point;  // delays only; no clock of the log's

  // The batch that gathers, as the sequencer's thread knows it.
  struct Gathering {
    bool empty = true;
    size_t room_entries = SIZE_MAX;  // it is full when one of the two is 0
    size_t room_bytes = SIZE_MAX;    // the last entry may go beyond
    Time deadline;                   // when it closes although something is in verification

    bool full() const { return room_entries == 0 || room_bytes == 0; }
  };

  // Blocks until there is work. A batch closes when the committer is idle and it is full, or its
  // deadline has come, or nothing is queued and nothing is in verification.
  Work WaitForWork(const Gathering& batch, std::vector<QueuedSubmission>& items);

  // Takes what is queued, for a sequencer that stops without ever having started.
  std::vector<QueuedSubmission> TakeAll();

  absl::Status halted() const;
  size_t queued_entries() const;
  size_t queued_bytes() const;
  size_t in_verification() const;

 private:
  void EndVerification();
  absl::Status CheckRoomLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool ShouldClose(const Gathering& batch, Time now) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TakeItems(size_t max_items, size_t max_bytes, std::vector<QueuedSubmission>& items)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void WaitForChange(const Gathering& batch, Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const InboxLimits limits_;
  mutable Mutex mutex_;
  CondVar changed_;
  std::deque<QueuedSubmission> queue_ ABSL_GUARDED_BY(mutex_);
  size_t queued_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t in_verification_ ABSL_GUARDED_BY(mutex_) = 0;
  bool committing_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool failed_all_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status blocked_ ABSL_GUARDED_BY(mutex_);
  absl::Status halted_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace candor
