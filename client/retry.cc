// SPDX-License-Identifier: Apache-2.0
#include "client/retry.h"

#include <algorithm>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/http_status.h"
#include "core/util/reason.h"

namespace candor {

void SystemSleeper::Sleep(absl::Duration duration) { absl::SleepFor(duration); }

bool IsRetryable(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kAborted:
      return true;
    case absl::StatusCode::kResourceExhausted:
      return ReasonOf(status) != "RESPONSE_TOO_LARGE";
    default:
      return false;
  }
}

absl::Duration Retrier::Jittered(absl::Duration delay) {
  const int64_t half_ms = absl::ToInt64Milliseconds(delay / 2);
  const uint64_t extra_ms = random_->Uniform(static_cast<uint64_t>(half_ms) + 1);
  return absl::Milliseconds(half_ms + static_cast<int64_t>(extra_ms));
}

absl::Status Retrier::Run(const RetryOptions& options, const Attempt& attempt,
                          const OnRetry& on_retry) {
  const absl::Time deadline = clock_->Now() + options.total;
  absl::Duration backoff = options.first_delay;
  while (true) {
    const absl::Duration left = std::max(deadline - clock_->Now(), absl::Milliseconds(1));
    absl::Status status = attempt(std::min(left, options.attempt));
    if (status.ok() || !IsRetryable(status)) return status;
    const absl::Duration delay =
        std::max(Jittered(backoff), RetryAfterOf(status).value_or(absl::ZeroDuration()));
    if (clock_->Now() + delay >= deadline) return status;
    if (on_retry) on_retry(status, delay);
    sleeper_->Sleep(delay);
    backoff = std::min(backoff * 2, options.max_delay);
  }
}

}  // namespace candor
