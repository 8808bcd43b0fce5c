// SPDX-License-Identifier: Apache-2.0
#include "client/retry.h"

#include <algorithm>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/http_status.h"
#include "base/random.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

class RetryTest : public testing::Test {
 protected:
  // Answers `statuses` one after the other, the last one for ever; counts.
  absl::Status Run(const RetryOptions& options, std::vector<absl::Status> statuses) {
    return retrier_.Run(
        options,
        [&](absl::Duration timeout) {
          timeouts_.push_back(timeout);
          const size_t i = std::min(timeouts_.size(), statuses.size()) - 1;
          return statuses[i];
        },
        [&](const absl::Status&, absl::Duration delay) { delays_.push_back(delay); });
  }

  FakeClock clock_;
  FakeSleeper sleeper_{&clock_};
  FakeRandom random_{1};
  Retrier retrier_{&clock_, &sleeper_, &random_};
  std::vector<absl::Duration> timeouts_;
  std::vector<absl::Duration> delays_;
};

TEST(IsRetryableTest, Table) {
  EXPECT_TRUE(IsRetryable(absl::UnavailableError("")));
  EXPECT_TRUE(IsRetryable(absl::DeadlineExceededError("")));
  EXPECT_TRUE(IsRetryable(absl::ResourceExhaustedError("")));
  EXPECT_TRUE(IsRetryable(absl::AbortedError("")));
  EXPECT_FALSE(IsRetryable(absl::OkStatus()));
  EXPECT_FALSE(IsRetryable(absl::InvalidArgumentError("")));
  EXPECT_FALSE(IsRetryable(absl::PermissionDeniedError("")));
  EXPECT_FALSE(IsRetryable(absl::InternalError("")));
  EXPECT_FALSE(
      IsRetryable(Refuse(absl::StatusCode::kResourceExhausted, "RESPONSE_TOO_LARGE", "too large")));
}

TEST_F(RetryTest, StopsAtSuccessAndAtWhatWillNotGetBetter) {
  EXPECT_TRUE(Run({}, {absl::UnavailableError(""), absl::OkStatus()}).ok());
  EXPECT_EQ(timeouts_.size(), 2u);
  timeouts_.clear();
  EXPECT_EQ(Run({}, {absl::PermissionDeniedError("no")}).code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(timeouts_.size(), 1u);
}

TEST_F(RetryTest, DelaysGrowAndStayWithinTheTotal) {
  RetryOptions options;
  options.total = absl::Seconds(60);
  options.first_delay = absl::Seconds(1);
  options.max_delay = absl::Seconds(8);
  const absl::Time start = clock_.Now();
  EXPECT_EQ(Run(options, {absl::UnavailableError("down")}).message(), "down");
  EXPECT_LT(clock_.Now() - start, options.total);
  ASSERT_GE(delays_.size(), 6u);
  absl::Duration expected = options.first_delay;
  for (const absl::Duration delay : delays_) {
    EXPECT_GE(delay, expected / 2);
    EXPECT_LE(delay, expected);
    expected = std::min(expected * 2, options.max_delay);
  }
}

TEST_F(RetryTest, WaitsAsLongAsTheServerAsks) {
  const absl::Status busy = WithRetryAfter(absl::ResourceExhaustedError(""), absl::Seconds(40));
  EXPECT_TRUE(Run({}, {busy, absl::OkStatus()}).ok());
  EXPECT_EQ(delays_, std::vector<absl::Duration>{absl::Seconds(40)});
  RetryOptions options;
  options.total = absl::Seconds(30);
  EXPECT_EQ(Run(options, {busy}).code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(RetryTest, AnAttemptGetsWhatIsLeft) {
  RetryOptions options;
  options.total = absl::Seconds(10);
  options.attempt = absl::Seconds(8);
  options.first_delay = absl::Seconds(4);
  EXPECT_FALSE(Run(options, {absl::UnavailableError("")}).ok());
  EXPECT_EQ(timeouts_.front(), absl::Seconds(8));
  EXPECT_LE(timeouts_.back(), absl::Seconds(8));
  EXPECT_EQ(timeouts_.size(), delays_.size() + 1);
}

}  // namespace
}  // namespace candor
