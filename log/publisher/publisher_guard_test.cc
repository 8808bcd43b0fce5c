// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/merkle/testing.h"
#include "core/util/reason.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "log/publisher/publisher.h"
#include "log/publisher/publisher_fixture.h"
#include "log/publisher/testing.h"

// When a log does not know whether it is an old copy of itself.

namespace candor {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Mode = FakeWitness::Mode;

class PublisherGuardTest : public PublisherTest {
 protected:
  // What the log's folder held at `size`, put back when the witnesses have seen more.
  void RestoreAnOldFolder(uint64_t size, uint64_t later_size) {
    Make();
    Grow(size);
    const std::string signed_note = keeper_.signed_note;
    const std::string published_note = keeper_.published_note;
    clock_.Advance(options_.checkpoint_interval);
    Grow(later_size);
    ASSERT_EQ(w1_.size, later_size);
    keeper_.signed_note = signed_note;
    keeper_.published_note = published_note;
    tree_ = MemoryTree();
    for (uint64_t i = 0; i < size; ++i) tree_.AppendEntry(absl::StrCat("entry ", i));
    Make();
  }

  void GrowOtherwise(uint64_t size) {
    while (tree_.size() < size) tree_.AppendEntry(absl::StrCat("other ", tree_.size()));
    Grow(size);
  }
};

TEST_F(PublisherGuardTest, ARestoredOldCopySignsNoFork) {
  RestoreAnOldFolder(5, 9);
  const std::string signed_note = keeper_.signed_note;
  GrowOtherwise(6);
  Advance(absl::Hours(1));
  EXPECT_EQ(keeper_.signed_note, signed_note);
  EXPECT_EQ(publisher_->signed_size(), 5);
  EXPECT_EQ(PublishedSize(), 5);
  const std::string problem = publisher_->Health().problem;
  EXPECT_THAT(problem, HasSubstr("a witness disputes our tree"));
  for (const FakeWitness* witness : Witnesses()) {
    EXPECT_THAT(problem, HasSubstr(absl::StrCat(witness->name(),
                                                " says that it cosigned a tree "
                                                "of 9 entries")));
  }
  EXPECT_EQ(may_write_.back().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(may_write_.back()), "WITNESS_DISPUTE");
  EXPECT_THAT(may_write_.back().message(), HasSubstr("w3 says that it cosigned"));
}

// Only one witness has seen more, and it can not be reached at first: it alone is no quorum.
TEST_F(PublisherGuardTest, WhatNoQuorumCanHaveSeenDoesNotMatter) {
  Make();
  Grow(5);
  w1_.size = 9;
  w1_.mode = Mode::kDown;
  Make();
  Grow(6);
  EXPECT_EQ(PublishedSize(), 6);
  w1_.mode = Mode::kHonest;
  Advance(options_.witness.backoff_max);
  EXPECT_EQ(publisher_->Health().witnesses[0].state, WitnessState::kDisputed);
  EXPECT_EQ(may_write_.back(), absl::OkStatus());
  // The dispute was answered by the two others: it does not come back with each checkpoint.
  may_write_.clear();
  Grow(8);
  EXPECT_EQ(PublishedSize(), 8);
  EXPECT_THAT(may_write_, IsEmpty());
}

TEST_F(PublisherGuardTest, AStartWithoutAQuorumServesWhatThereIsAndSignsNothing) {
  Make();
  Grow(3);
  w2_.mode = w3_.mode = Mode::kDown;
  Make();
  ASSERT_FALSE(may_write_.empty());
  EXPECT_EQ(ReasonOf(may_write_.front()), "WITNESSES_NOT_CONFIRMED");
  Grow(4);
  Advance(absl::Hours(1));
  EXPECT_EQ(PublishedSize(), 3);
  EXPECT_EQ(publisher_->signed_size(), 3);
  EXPECT_THAT(publisher_->Health().problem,
              HasSubstr("until so many witnesses have confirmed the signed checkpoint of 3 entries "
                        "since the start that the others could not form a quorum: w2 did not "
                        "answer: cannot connect"));
  EXPECT_EQ(may_write_.back().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(may_write_.back()), "WITNESSES_NOT_CONFIRMED");
  EXPECT_THAT(may_write_.back().message(), HasSubstr("w3 did not answer"));
  w2_.mode = Mode::kHonest;
  Advance(options_.witness.backoff_max);
  EXPECT_EQ(PublishedSize(), 4);
  EXPECT_EQ(may_write_.back(), absl::OkStatus());
  EXPECT_TRUE(publisher_->Health().ok) << publisher_->Health().problem;
}

TEST_F(PublisherGuardTest, AQuorumThatIsLostLaterKeepsNobodyFromAdding) {
  Make();
  Grow(1);
  EXPECT_EQ(may_write_.back(), absl::OkStatus());
  may_write_.clear();
  w1_.mode = w2_.mode = w3_.mode = Mode::kDown;
  Advance(options_.refresh_interval);
  Grow(2);
  Advance(absl::Hours(1));
  EXPECT_FALSE(publisher_->Health().ok);
  EXPECT_THAT(may_write_, IsEmpty());
}

TEST_F(PublisherGuardTest, ADisputeKeepsEverybodyFromAddingUntilItIsAnswered) {
  Make(1);
  Grow(1);
  may_write_.clear();
  w1_.mode = Mode::kUnprocessable;
  Advance(options_.refresh_interval);
  ASSERT_FALSE(may_write_.empty());
  EXPECT_EQ(ReasonOf(may_write_.back()), "WITNESS_DISPUTE");
  w1_.mode = Mode::kHonest;
  Advance(options_.witness.backoff_max);
  EXPECT_EQ(may_write_.back(), absl::OkStatus());
}

TEST_F(PublisherGuardTest, AFreshLogWaitsForItsFirstCheckpoint) {
  w3_.mode = Mode::kDown;
  Make(1);
  ASSERT_FALSE(may_write_.empty());
  EXPECT_THAT(may_write_.back().message(), HasSubstr("w1 has not answered yet"));
  Grow(1);
  EXPECT_EQ(PublishedSize(), 1);
  // One of three is a quorum, so the third could have been one with another log of this name.
  Advance(options_.checkpoint_interval);
  Grow(2);
  EXPECT_EQ(publisher_->signed_size(), 1);
  EXPECT_THAT(publisher_->Health().problem, HasSubstr("w3 did not answer"));
  EXPECT_FALSE(may_write_.back().ok());
  w3_.mode = Mode::kHonest;
  Advance(options_.witness.backoff_max);
  EXPECT_EQ(PublishedSize(), 2);
  EXPECT_EQ(may_write_.back(), absl::OkStatus());
}

// Its first checkpoint is a claim already: the witnesses are not asked about an empty tree before.
TEST_F(PublisherGuardTest, AFreshLogOfAKnownNameStopsAfterItsFirstCheckpoint) {
  Make();
  Grow(5);
  keeper_ = MemoryKeeper();
  tree_ = MemoryTree();
  Make();
  GrowOtherwise(1);
  clock_.Advance(options_.checkpoint_interval);
  GrowOtherwise(2);
  EXPECT_EQ(publisher_->signed_size(), 1);
  EXPECT_EQ(publisher_->published(), nullptr);
  EXPECT_EQ(ReasonOf(may_write_.back()), "WITNESS_DISPUTE");
}

TEST_F(PublisherGuardTest, WithoutAQuorumThereIsNobodyToWaitFor) {
  Make(0);
  Grow(1);
  Make(0);
  Grow(2);
  EXPECT_EQ(PublishedSize(), 2);
  EXPECT_THAT(may_write_, Each(absl::OkStatus()));
}

}  // namespace
}  // namespace candor
