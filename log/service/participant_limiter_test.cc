// SPDX-License-Identifier: Apache-2.0
#include "log/service/participant_limiter.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/http_status.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

using Names = std::set<std::string>;

class ParticipantLimiterTest : public ::testing::Test {
 protected:
  // How many more `participant` may add now; it may add none afterwards.
  static int TakeAll(ParticipantLimiter& limiter, const std::string& participant) {
    int taken = 0;
    while (taken < 1000 && limiter.Take({participant}).ok()) ++taken;
    return taken;
  }

  FakeClock clock_;
};

TEST_F(ParticipantLimiterTest, ABurstThenTheRate) {
  ParticipantLimiter limiter({.rate = 4, .burst = 10}, &clock_);
  EXPECT_EQ(TakeAll(limiter, "a"), 10);
  clock_.Advance(absl::Milliseconds(249));
  EXPECT_EQ(TakeAll(limiter, "a"), 0);
  clock_.Advance(absl::Milliseconds(1));
  EXPECT_EQ(TakeAll(limiter, "a"), 1);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(TakeAll(limiter, "a"), 4);
  clock_.Advance(absl::Hours(1));
  EXPECT_EQ(TakeAll(limiter, "a"), 10);
}

TEST_F(ParticipantLimiterTest, SaysWhoAndHowLongToWait) {
  ParticipantLimiter limiter({.rate = 2, .burst = 1}, &clock_);
  ASSERT_TRUE(limiter.Take({"acme.example"}).ok());
  clock_.Advance(absl::Milliseconds(100));
  const absl::Status refused = limiter.Take({"acme.example"});
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(refused), "PARTICIPANT_RATE_LIMIT");
  EXPECT_NE(refused.message().find("acme.example"), std::string::npos) << refused;
  const auto delay = RetryAfterOf(refused);
  ASSERT_TRUE(delay.has_value());
  EXPECT_EQ(*delay, absl::Milliseconds(400));
  clock_.Advance(*delay);
  EXPECT_TRUE(limiter.Take({"acme.example"}).ok());
}

TEST_F(ParticipantLimiterTest, EachHasItsOwn) {
  ParticipantLimiter limiter({.rate = 1, .burst = 2}, &clock_);
  EXPECT_EQ(TakeAll(limiter, "a"), 2);
  EXPECT_EQ(TakeAll(limiter, "b"), 2);
}

TEST_F(ParticipantLimiterTest, AllOrNone) {
  ParticipantLimiter limiter({.rate = 1, .burst = 2}, &clock_);
  EXPECT_EQ(TakeAll(limiter, "b"), 2);
  EXPECT_FALSE(limiter.Take(Names{"a", "b"}).ok());
  EXPECT_EQ(TakeAll(limiter, "a"), 2);
  EXPECT_TRUE(limiter.Take({}).ok());
}

TEST_F(ParticipantLimiterTest, GivesBack) {
  ParticipantLimiter limiter({.rate = 1, .burst = 2}, &clock_);
  EXPECT_EQ(TakeAll(limiter, "a"), 2);
  limiter.GiveBack({"a"});
  EXPECT_EQ(TakeAll(limiter, "a"), 1);
  // Never more than a burst.
  for (int i = 0; i < 5; ++i) limiter.GiveBack({"a"});
  EXPECT_EQ(limiter.buckets(), 0);
  EXPECT_EQ(TakeAll(limiter, "a"), 2);
}

TEST_F(ParticipantLimiterTest, ForgetsTheIdle) {
  ParticipantLimiter limiter({.rate = 10, .burst = 10}, &clock_);
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(limiter.Take({absl::StrCat("p", i)}).ok());
  EXPECT_EQ(limiter.buckets(), 500);
  clock_.Advance(absl::Milliseconds(100));
  ASSERT_TRUE(limiter.Take({"one"}).ok());
  EXPECT_EQ(limiter.buckets(), 1);
}

TEST_F(ParticipantLimiterTest, AClockThatIsSetBackLocksNobodyOut) {
  ParticipantLimiter limiter({.rate = 1, .burst = 2}, &clock_);
  EXPECT_EQ(TakeAll(limiter, "a"), 2);
  clock_.Set(clock_.Now() - absl::Hours(1));
  const auto delay = RetryAfterOf(limiter.Take({"a"}));
  ASSERT_TRUE(delay.has_value());
  EXPECT_LE(*delay, absl::Seconds(1));
}

TEST_F(ParticipantLimiterTest, WithoutARateThereIsNoLimit) {
  ParticipantLimiter limiter({.rate = 0, .burst = 1}, &clock_);
  EXPECT_EQ(TakeAll(limiter, "a"), 1000);
  limiter.GiveBack({"a"});
  EXPECT_EQ(limiter.buckets(), 0);
}

}  // namespace
}  // namespace candor
