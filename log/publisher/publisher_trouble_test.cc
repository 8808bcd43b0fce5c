// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/merkle/testing.h"
#include "core/note/testing.h"
#include "core/util/reason.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "log/publisher/publisher.h"
#include "log/publisher/publisher_fixture.h"
#include "log/publisher/testing.h"

namespace candor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Mode = FakeWitness::Mode;

TEST_F(PublisherTest, FailsClosedWithoutQuorumAndRecovers) {
  Make();
  Grow(1);
  const std::string before = publisher_->published()->note;
  w2_.mode = w3_.mode = Mode::kDown;
  clock_.Advance(options_.checkpoint_interval);
  Grow(2);
  EXPECT_EQ(publisher_->published()->note, before);
  const PublisherHealth health = publisher_->Health();
  EXPECT_FALSE(health.ok);
  EXPECT_THAT(health.problem,
              HasSubstr("only 1 of 3 witnesses answered; the policy needs 2: w2 did "
                        "not answer: cannot connect"));
  EXPECT_EQ(health.sequenced_size, 2);
  EXPECT_EQ(health.published_size, 1);
  Advance(absl::Hours(10));
  EXPECT_EQ(publisher_->published()->note, before);
  EXPECT_EQ(publisher_->signed_size(), 2);

  w2_.mode = Mode::kHonest;
  Advance(options_.witness.backoff_max);
  EXPECT_EQ(PublishedSize(), 2);
  EXPECT_TRUE(publisher_->Health().ok) << publisher_->Health().problem;
}

TEST_F(PublisherTest, BacksOffFromAWitnessThatIsDown) {
  Make();
  w3_.mode = Mode::kUnknownOrigin;
  Grow(1);
  for (int second = 0; second < 100; ++second) Advance(absl::Seconds(1));
  EXPECT_LT(w3_.requests, 20);
  EXPECT_GT(w3_.requests, 10);
  EXPECT_THAT(publisher_->Health().witnesses[2].error, HasSubstr("answered 404"));
}

TEST_F(PublisherTest, LearnsTheSizeOfAWitnessFromA409) {
  Make();
  Grow(5);
  // A restart with another policy run forgets what the witnesses had; one of them is behind.
  w1_.size = 3;
  w1_.root = tree_.Root(3);
  clock_.Advance(options_.checkpoint_interval);
  Grow(8);
  EXPECT_EQ(PublishedSize(), 8);
  EXPECT_EQ(Cosignatures(), 3);
  EXPECT_THAT(w1_.old_sizes, ElementsAre(0, 5, 3));
}

TEST_F(PublisherTest, UselessAnswersDoNotCount) {
  for (const Mode mode : {Mode::kGarbage, Mode::kForeignSignature, Mode::kBrokenSignature,
                          Mode::kNoTime, Mode::kFuture, Mode::kUnknownOrigin, Mode::kServerError,
                          Mode::kClaimSizeUntyped, Mode::kClaimOtherSizes, Mode::kDown}) {
    SCOPED_TRACE(static_cast<int>(mode));
    keeper_ = MemoryKeeper();
    w1_.size = w2_.size = w3_.size = 0;
    w1_.mode = w2_.mode = mode;
    Make();
    Grow(1);
    EXPECT_EQ(publisher_->published(), nullptr);
    EXPECT_THAT(publisher_->Health().problem, HasSubstr("only 1 of 3 witnesses answered"));
    EXPECT_THAT(publisher_->Health().problem, HasSubstr("w1 "));
    EXPECT_LE(w1_.requests, 5);
    w1_.requests = 0;
  }
}

TEST_F(PublisherTest, A409WithTheSizeThatWeSentIsNotBelieved) {
  Make();
  w1_.mode = Mode::kClaimSize;
  w1_.claimed_size = 0;
  Grow(1);
  EXPECT_EQ(w1_.requests, 1);
  EXPECT_EQ(PublishedSize(), 1);
  EXPECT_THAT(publisher_->Health().witnesses[0].error, HasSubstr("the very size"));
}

TEST_F(PublisherTest, OneDisputeIsNoticedAndTheOthersGoOn) {
  for (const Mode mode : {Mode::kClaimSize, Mode::kUnprocessable}) {
    SCOPED_TRACE(static_cast<int>(mode));
    keeper_ = MemoryKeeper();
    w1_.size = w2_.size = w3_.size = 0;
    w1_.mode = mode;
    w1_.claimed_size = 1000;
    Make();
    Grow(1 + tree_.size());
    const uint64_t size = tree_.size();
    EXPECT_EQ(PublishedSize(), size);
    EXPECT_EQ(publisher_->Health().witnesses[0].state, WitnessState::kDisputed);
    // Two of three have confirmed: the third alone is no quorum.
    clock_.Advance(options_.checkpoint_interval);
    Grow(size + 3);
    EXPECT_EQ(PublishedSize(), size + 3);
  }
}

TEST_F(PublisherTest, NothingNewIsSignedWhileThoseWhoDoNotConfirmCouldBeAQuorum) {
  for (const Mode mode : {Mode::kClaimSize, Mode::kUnprocessable}) {
    SCOPED_TRACE(static_cast<int>(mode));
    keeper_ = MemoryKeeper();
    w1_.size = w2_.size = w3_.size = 0;
    w1_.mode = w2_.mode = w3_.mode = Mode::kHonest;
    Make();
    Grow(1 + tree_.size());
    const uint64_t size = tree_.size();
    EXPECT_EQ(PublishedSize(), size);
    // The refresh brings the dispute, the second witness can not be asked.
    w1_.mode = mode;
    w1_.claimed_size = size + 1;
    w2_.mode = Mode::kDown;
    Advance(options_.refresh_interval);
    const std::string signed_before = keeper_.signed_note;
    Grow(size + 2);
    Advance(absl::Hours(1));
    EXPECT_EQ(keeper_.signed_note, signed_before);
    EXPECT_EQ(publisher_->signed_size(), size);
    EXPECT_FALSE(publisher_->Health().ok);
    EXPECT_THAT(publisher_->Health().problem, HasSubstr("disputes our tree"));
    EXPECT_THAT(publisher_->Health().problem, HasSubstr("w1 "));
    // The dispute stays when the witness goes away.
    w1_.mode = Mode::kDown;
    Advance(absl::Hours(1));
    EXPECT_EQ(keeper_.signed_note, signed_before);
    // The second confirms: those who do not are no quorum any more.
    w2_.mode = Mode::kHonest;
    Advance(absl::Hours(1));
    EXPECT_EQ(PublishedSize(), size + 2);
  }
}

TEST_F(PublisherTest, ADisputeEndsWithACosignature) {
  Make(1);
  Grow(1);
  w1_.mode = Mode::kClaimSize;
  w1_.claimed_size = 7;
  Advance(options_.refresh_interval);
  Grow(2);
  EXPECT_EQ(publisher_->signed_size(),
            1);  // One of one is a quorum: w1 alone could have seen a fork.
  w1_.mode = Mode::kHonest;
  Advance(options_.witness.backoff_max);
  Run();
  EXPECT_EQ(PublishedSize(), 2);
}

TEST_F(PublisherTest, AHeadThatDoesNotExtendTheLastSignedHaltsSigning) {
  Make();
  Grow(4);
  const std::string before = keeper_.signed_note;
  tree_ = MemoryTree();
  for (int i = 0; i < 6; ++i) tree_.AppendEntry(absl::StrCat("other ", i));
  clock_.Advance(options_.checkpoint_interval);
  publisher_->OnSequenced(6, tree_.Root());
  Run();
  EXPECT_EQ(keeper_.signed_note, before);
  EXPECT_EQ(PublishedSize(), 4);
  EXPECT_THAT(publisher_->Health().problem,
              HasSubstr("does not extend the signed checkpoint of 4"));
}

TEST_F(PublisherTest, ASlowWitnessHasOneRequestInFlight) {
  Make();
  w3_.mode = Mode::kSlow;
  for (uint64_t size = 1; size < 6; ++size) {
    Grow(size);
    EXPECT_EQ(PublishedSize(), size);
    clock_.Advance(options_.checkpoint_interval);
  }
  EXPECT_EQ(network_.held(), 1);
  w3_.mode = Mode::kHonest;
  network_.Release(absl::DeadlineExceededError("no answer within 5s"));
  Run();
  EXPECT_THAT(publisher_->Health().witnesses[2].error, HasSubstr("no answer within 5s"));
  Advance(options_.witness.backoff_initial);
  EXPECT_EQ(Cosignatures(), 3);
}

TEST_F(PublisherTest, ARoundThatStaysOpenIsUnhealthy) {
  Make();
  for (FakeWitness* witness : Witnesses()) witness->mode = Mode::kSlow;
  Grow(1);
  EXPECT_EQ(publisher_->Health().problem, "no checkpoint is published yet");
  Advance(options_.stall_after);
  EXPECT_THAT(publisher_->Health().problem, HasSubstr("has waited 30s for its quorum"));
}

TEST_F(PublisherTest, AnswersAfterItIsGoneAreDropped) {
  Make();
  w1_.mode = Mode::kSlow;
  Grow(1);
  ASSERT_EQ(network_.held(), 1);
  publisher_.reset();
  network_.Release();
}

}  // namespace
}  // namespace candor
