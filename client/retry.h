// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/random.h"

namespace candor {

// Waiting, injected so that tests do not.
class Sleeper {
 public:
  virtual ~Sleeper() = default;
  virtual void Sleep(absl::Duration duration) = 0;
};

class SystemSleeper final : public Sleeper {
 public:
  void Sleep(absl::Duration duration) override;
};

// Lets a fake clock pass instead.
class FakeSleeper final : public Sleeper {
 public:
  explicit FakeSleeper(FakeClock* clock) : clock_(clock) {}
  void Sleep(absl::Duration duration) override { clock_->Advance(duration); }

 private:
  FakeClock* const clock_;
};

struct RetryOptions {
  absl::Duration total = absl::Minutes(5);     // for all attempts together
  absl::Duration attempt = absl::Seconds(60);  // for one
  absl::Duration first_delay = absl::Milliseconds(500);
  absl::Duration max_delay = absl::Seconds(20);  // unless the server asks for more
};

// Whether the same request may succeed later: UNAVAILABLE, RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED,
// ABORTED; but not an answer that was too large.
bool IsRetryable(const absl::Status& status);

// Runs `attempt` (given the time it may take) until it answers OK or something that will not get
// better, or until the next wait would pass the total; then the last error is the answer. The delay
// doubles, with jitter of half of it, and is never less than the server's Retry-After. `on_retry`,
// if any, hears each error that is followed by a wait.
class Retrier {
 public:
  using Attempt = std::function<absl::Status(absl::Duration timeout)>;
  using OnRetry = std::function<void(const absl::Status& error, absl::Duration delay)>;

  // All must outlive this.
  Retrier(const Clock* clock, Sleeper* sleeper, Random* random)
      : clock_(clock), sleeper_(sleeper), random_(random) {}

  absl::Status Run(const RetryOptions& options, const Attempt& attempt,
                   const OnRetry& on_retry = nullptr);

 private:
  absl::Duration Jittered(absl::Duration delay);

  const Clock* const clock_;
  Sleeper* const sleeper_;
  Random* const random_;
};

}  // namespace candor
