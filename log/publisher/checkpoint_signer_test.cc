// SPDX-License-Identifier: Apache-2.0
#include "log/publisher/checkpoint_signer.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/merkle/testing.h"
#include "core/note/testing.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"
#include "log/publisher/testing.h"

namespace candor {
namespace {

class CheckpointSignerTest : public ::testing::Test {
 protected:
  CheckpointSignerTest() {
    for (int i = 0; i < 40; ++i) tree_.AppendEntry(absl::StrCat("entry ", i));
  }

  MemoryTree tree_;
  MemoryKeeper keeper_;
  CheckpointSigner signer_{TestLogSigner("log.example/a", 1), &tree_, &keeper_};
};

TEST_F(CheckpointSignerTest, SignsGrowingTreesOfEveryPairOfSizes) {
  for (uint64_t from = 1; from <= 40; ++from) {
    for (uint64_t to = from; to <= 40; ++to) {
      CheckpointSigner signer(TestLogSigner("log.example/a", 1), &tree_, &keeper_);
      ASSERT_TRUE(signer.Sign(from, tree_.Root(from)).ok());
      const auto head = signer.Sign(to, tree_.Root(to));
      ASSERT_TRUE(head.ok()) << head.status();
      EXPECT_EQ((*head)->checkpoint.tree_size, to);
      EXPECT_EQ(keeper_.signed_note, (*head)->note);
    }
  }
}

TEST_F(CheckpointSignerTest, TheSameHeadIsNotSignedTwice) {
  const auto first = signer_.Sign(7, tree_.Root(7));
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(*signer_.Sign(7, tree_.Root(7)), *first);
  EXPECT_EQ(keeper_.calls.size(), 1);
}

TEST_F(CheckpointSignerTest, SignsNothingThatIsInconsistentAndThenNothingAtAll) {
  Hash wrong = tree_.Root(20);
  wrong.data()[0] ^= 1;
  const struct {
    uint64_t size;
    Hash root;
  } kCases[] = {{10, wrong}, {20, wrong}, {9, tree_.Root(9)}, {0, tree_.Root(0)}};
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.size);
    CheckpointSigner signer(TestLogSigner("log.example/a", 1), &tree_, &keeper_);
    ASSERT_TRUE(signer.Sign(10, tree_.Root(10)).ok());
    const std::string kept = keeper_.signed_note;
    EXPECT_EQ(ReasonOf(signer.Sign(test.size, test.root).status()), "HEAD_INCONSISTENT");
    EXPECT_FALSE(signer.halted().ok());
    EXPECT_EQ(ReasonOf(signer.Sign(20, tree_.Root(20)).status()), "HEAD_INCONSISTENT");
    EXPECT_EQ(keeper_.signed_note, kept);
    EXPECT_EQ(signer.last()->checkpoint.tree_size, 10);
  }
}

TEST_F(CheckpointSignerTest, ATreeThatCanNotBeReadHaltsNothing) {
  ASSERT_TRUE(signer_.Sign(10, tree_.Root(10)).ok());
  EXPECT_FALSE(signer_.Sign(50, tree_.Root(40)).ok());
  EXPECT_TRUE(signer_.halted().ok());
  EXPECT_TRUE(signer_.Sign(40, tree_.Root(40)).ok());
}

TEST_F(CheckpointSignerTest, WhatCouldNotBeKeptIsNotTheLast) {
  ASSERT_TRUE(signer_.Sign(3, tree_.Root(3)).ok());
  keeper_.fail_signed = absl::UnavailableError("disk full");
  EXPECT_FALSE(signer_.Sign(4, tree_.Root(4)).ok());
  EXPECT_EQ(signer_.last()->checkpoint.tree_size, 3);
  keeper_.fail_signed = absl::OkStatus();
  EXPECT_TRUE(signer_.Sign(5, tree_.Root(5)).ok());
}

TEST_F(CheckpointSignerTest, RestoresAndGoesOn) {
  ASSERT_TRUE(signer_.Sign(3, tree_.Root(3)).ok());
  CheckpointSigner next(TestLogSigner("log.example/a", 1), &tree_, &keeper_);
  ASSERT_TRUE(next.Restore(keeper_.signed_note).ok());
  EXPECT_EQ(next.last()->note, signer_.last()->note);
  EXPECT_TRUE(next.Sign(8, tree_.Root(8)).ok());
}

TEST_F(CheckpointSignerTest, RestoresOnlyWhatItsKeySigned) {
  ASSERT_TRUE(signer_.Sign(3, tree_.Root(3)).ok());
  const std::string note = keeper_.signed_note;
  CheckpointSigner other_key(TestLogSigner("log.example/a", 2), &tree_, &keeper_);
  EXPECT_EQ(ReasonOf(other_key.Restore(note)), "SIGNED_CHECKPOINT_DAMAGED");
  CheckpointSigner other_origin(TestLogSigner("log.example/b", 1), &tree_, &keeper_);
  EXPECT_EQ(ReasonOf(other_origin.Restore(note)), "SIGNED_CHECKPOINT_DAMAGED");
  for (const std::string& bad : {std::string(), note + "x", WithBrokenSignature(note, 0)}) {
    EXPECT_EQ(ReasonOf(signer_.Restore(bad)), "SIGNED_CHECKPOINT_DAMAGED");
  }
}

TEST_F(CheckpointSignerTest, HaltedSignsNothing) {
  signer_.Halt(absl::FailedPreconditionError("the store is behind"));
  EXPECT_EQ(signer_.Sign(3, tree_.Root(3)).status().message(), "the store is behind");
  EXPECT_TRUE(keeper_.calls.empty());
}

}  // namespace
}  // namespace candor
