// SPDX-License-Identifier: Apache-2.0
#include "log/publisher/publish_waiters.h"

#include <memory>
#include <string>
#include <vector>

#include "core/util/reason.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class PublishWaitersTest : public ::testing::Test {
 protected:
  uint64_t Wait(std::string name, uint64_t index, int64_t deadline) {
    return waiters_.Wait(
        index, absl::FromUnixSeconds(deadline), [this, name](PublishWaiters::Result result) {
          answers_.push_back(name + (result.ok() ? "" : " " + ReasonOf(result.status())));
        });
  }
  void Publish(uint64_t size) {
    auto checkpoint = std::make_shared<PublishedCheckpoint>();
    checkpoint->checkpoint.tree_size = size;
    waiters_.Published(checkpoint);
  }

  PublishWaiters waiters_{3};
  std::vector<std::string> answers_;
};

TEST_F(PublishWaitersTest, PublicationAnswersThoseItCovers) {
  Wait("zero", 0, 10);
  Wait("one", 1, 10);
  Wait("two", 2, 10);
  Publish(2);
  EXPECT_THAT(answers_, UnorderedElementsAre("zero", "one"));
  EXPECT_EQ(waiters_.size(), 1);
  Publish(3);
  EXPECT_EQ(answers_.back(), "two");
  EXPECT_EQ(Wait("known", 2, 10), 0);
  EXPECT_EQ(answers_.back(), "known");
}

TEST_F(PublishWaitersTest, DeadlinesComeInOrderAndAreInclusive) {
  Wait("late", 0, 20);
  Wait("early", 0, 10);
  EXPECT_EQ(waiters_.NextDeadline(), absl::FromUnixSeconds(10));
  waiters_.Expire(absl::FromUnixSeconds(9));
  EXPECT_TRUE(answers_.empty());
  waiters_.Expire(absl::FromUnixSeconds(10));
  EXPECT_THAT(answers_, ElementsAre("early NOT_YET_PUBLISHED"));
  EXPECT_EQ(waiters_.NextDeadline(), absl::FromUnixSeconds(20));
}

TEST_F(PublishWaitersTest, TooManyAreRefused) {
  Wait("a", 0, 1);
  Wait("b", 0, 1);
  const uint64_t id = Wait("c", 0, 1);
  EXPECT_EQ(Wait("d", 0, 1), 0);
  EXPECT_THAT(answers_, ElementsAre("d TOO_MANY_WAITERS"));
  EXPECT_TRUE(waiters_.Cancel(id));
  EXPECT_NE(Wait("e", 0, 1), 0);
}

TEST_F(PublishWaitersTest, CloseAnswersEverybody) {
  Wait("a", 0, 1);
  Wait("b", 5, 1);
  waiters_.Close();
  Wait("c", 0, 1);
  EXPECT_THAT(answers_, ElementsAre("a SHUTTING_DOWN", "b SHUTTING_DOWN", "c SHUTTING_DOWN"));
  EXPECT_EQ(waiters_.NextDeadline(), absl::InfiniteFuture());
}

TEST_F(PublishWaitersTest, ACallbackMayWaitAgain) {
  bool again = false;
  waiters_.Wait(0, absl::InfiniteFuture(), [&](PublishWaiters::Result) {
    waiters_.Wait(0, absl::InfiniteFuture(), [&](PublishWaiters::Result) { again = true; });
  });
  Publish(1);
  EXPECT_TRUE(again);
}

}  // namespace
}  // namespace candor
