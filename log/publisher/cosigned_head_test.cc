// SPDX-License-Identifier: Apache-2.0
#include "log/publisher/cosigned_head.h"

#include <memory>
#include <string>

#include "base/clock.h"
#include "core/merkle/testing.h"
#include "core/note/testing.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"
#include "log/publisher/checkpoint_signer.h"
#include "log/publisher/testing.h"

namespace candor {
namespace {

class CosignedHeadTest : public ::testing::Test {
 protected:
  CosignedHeadTest() { tree_.AppendEntry("entry"); }

  std::shared_ptr<const SignedHead> Sign() { return *signer_.Sign(1, tree_.Root()); }

  WitnessLink::Cosignature By(const FakeWitness& witness, const SignedHead& head, uint64_t time) {
    return {*witness.cosigner().Cosign(head.text, time), time};
  }

  FakeClock clock_;
  FakeWitness w1_{"w1", 11, &clock_};
  FakeWitness w2_{"w2", 12, &clock_};
  Policy policy_ = TestWitnessPolicy({&w1_, &w2_}, 2);
  MemoryTree tree_;
  MemoryKeeper keeper_;
  CheckpointSigner signer_{TestLogSigner("log.example/a", 1), &tree_, &keeper_};
};

TEST_F(CosignedHeadTest, CollectsTheNewestOfEachWitness) {
  const auto signed_head = Sign();
  CosignedHead head(signed_head, &policy_);
  EXPECT_EQ(head.Note(), signed_head->note);
  EXPECT_FALSE(head.QuorumSatisfied());
  EXPECT_EQ(head.CosignedAt(0), absl::InfinitePast());
  EXPECT_TRUE(head.Add(1, By(w2_, *signed_head, 100)));
  EXPECT_FALSE(head.Add(1, By(w2_, *signed_head, 100)));
  EXPECT_FALSE(head.Add(1, By(w2_, *signed_head, 99)));
  EXPECT_TRUE(head.Add(1, By(w2_, *signed_head, 101)));
  EXPECT_FALSE(head.QuorumSatisfied());
  EXPECT_TRUE(head.Add(0, By(w1_, *signed_head, 50)));
  EXPECT_TRUE(head.QuorumSatisfied());
  EXPECT_EQ(head.cosignature_count(), 2);
  EXPECT_EQ(head.CosignedAt(1), absl::FromUnixSeconds(101));

  CosignedHead restored(signed_head, &policy_);
  ASSERT_TRUE(restored.TakeFrom(head.Note()).ok());
  EXPECT_EQ(restored.Note(), head.Note());
  EXPECT_TRUE(restored.QuorumSatisfied());
}

TEST_F(CosignedHeadTest, TakesOnlyWhatVerifies) {
  const auto signed_head = Sign();
  CosignedHead head(signed_head, &policy_);
  head.Add(0, By(w1_, *signed_head, 50));
  const std::string note = head.Note();
  CosignedHead other(signed_head, &policy_);
  EXPECT_FALSE(other.TakeFrom(WithBrokenSignature(note, 1)).ok());
  EXPECT_FALSE(other.TakeFrom("garbage").ok());
  tree_.AppendEntry("more");
  CosignedHead later(*signer_.Sign(2, tree_.Root()), &policy_);
  EXPECT_EQ(ReasonOf(later.TakeFrom(note)), "CHECKPOINT_MISMATCH");
}

TEST_F(CosignedHeadTest, LeavesStrangersBehind) {
  const auto signed_head = Sign();
  const FakeWitness stranger("stranger", 77, &clock_);
  Note note = *Note::Parse(signed_head->note);
  note.signatures.push_back(By(stranger, *signed_head, 5).signature);
  CosignedHead head(signed_head, &policy_);
  ASSERT_TRUE(head.TakeFrom(note.Format()).ok());
  EXPECT_EQ(head.cosignature_count(), 0);
}

}  // namespace
}  // namespace candor
