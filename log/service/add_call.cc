// SPDX-License-Identifier: Apache-2.0
#include "log/service/add_call.h"

#include <utility>

#include "core/util/reason.h"

namespace candor {
namespace {

absl::Status Cancelled() {
  return Refuse(absl::StatusCode::kCancelled, "CANCELLED",
                "the caller went away; submit again: a retry is safe");
}

}  // namespace

void AddCall::Cancel() {
  Publisher* publisher;
  uint64_t wait_id;
  {
    MutexLock lock(&mutex_);
    cancelled_ = true;
    publisher = publisher_;
    wait_id = wait_id_;
  }
  if (wait_id != 0 && publisher->CancelWait(wait_id)) Finish(Cancelled());
}

bool AddCall::cancelled() const {
  MutexLock lock(&mutex_);
  return cancelled_;
}

void AddCall::Finish(absl::StatusOr<AddAnswer> answer) {
  AddDone done;
  {
    MutexLock lock(&mutex_);
    done.swap(done_);
  }
  if (done) done(std::move(answer));
}

void AddCall::Waits(Publisher* publisher, uint64_t wait_id) {
  if (wait_id == 0) return;
  {
    MutexLock lock(&mutex_);
    publisher_ = publisher;
    wait_id_ = wait_id;
    if (!cancelled_) return;
  }
  if (publisher->CancelWait(wait_id)) Finish(Cancelled());
}

}  // namespace candor
