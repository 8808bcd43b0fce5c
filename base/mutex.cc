// SPDX-License-Identifier: Apache-2.0
#include "base/mutex.h"

#include "absl/time/clock.h"

namespace candor {

bool Notification::WaitFor(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  MutexLock lock(&mutex_);
  while (!notified_) {
    const absl::Duration left = deadline - absl::Now();
    if (left <= absl::ZeroDuration()) return false;
    condition_.WaitFor(&mutex_, left);
  }
  return true;
}

}  // namespace candor
