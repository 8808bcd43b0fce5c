// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/http_types.h"
#include "base/mutex.h"
#include "core/crypto/hash.h"
#include "log/publisher/signed_head.h"

namespace candor {

// What came for the publisher's stepping thread, from the sequencer, from callers, and from
// requests in flight, which share it, so that it may outlive the publisher. Thread-safe.
class PublisherMailbox {
 public:
  // A witness's answer to the request for `target`.
  struct Answer {
    size_t witness = 0;
    uint64_t disputes = 0;  // raised when the request left
    std::shared_ptr<const SignedHead> target;
    absl::StatusOr<HttpResponse> response;
  };

  struct Contents {
    uint64_t head_size = 0;  // the largest so far; 0 when there is none
    Hash head_root;
    std::vector<Answer> answers;
  };

  void PutHead(uint64_t tree_size, const Hash& root) {
    MutexLock lock(&mutex_);
    if (tree_size <= contents_.head_size) return;
    contents_.head_size = tree_size;
    contents_.head_root = root;
    woken_ = true;
    changed_.Signal();
  }

  void PutAnswer(Answer answer) {
    MutexLock lock(&mutex_);
    if (closed_) return;
    contents_.answers.push_back(std::move(answer));
    woken_ = true;
    changed_.Signal();
  }

  void Wake() {
    MutexLock lock(&mutex_);
    woken_ = true;
    changed_.Signal();
  }

  // The head stays, the answers are handed over.
  Contents Take() {
    MutexLock lock(&mutex_);
    woken_ = false;
    Contents taken{contents_.head_size, contents_.head_root, {}};
    taken.answers.swap(contents_.answers);
    return taken;
  }

  // Whether something came since Take.
  bool woken() const {
    MutexLock lock(&mutex_);
    return woken_;
  }

  // Blocks until something came, the time has come, or it is closed; false when it is closed. May
  // return early, and does when the clock was set back: the caller then plans anew.
  bool WaitUntil(absl::Time time, const Clock& clock) {
    MutexLock lock(&mutex_);
    const absl::Duration left = time - clock.Now();
    if (!closed_ && !woken_ && left > absl::ZeroDuration()) changed_.WaitFor(&mutex_, left);
    return !closed_;
  }

  // Drops answers that come later.
  void Close() {
    MutexLock lock(&mutex_);
    closed_ = true;
    changed_.Signal();
  }

 private:
  mutable Mutex mutex_;
  CondVar changed_;
  Contents contents_ ABSL_GUARDED_BY(mutex_);
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace candor
