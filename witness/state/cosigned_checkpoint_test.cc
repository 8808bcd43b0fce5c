// SPDX-License-Identifier: Apache-2.0
#include "witness/state/cosigned_checkpoint.h"

#include <string>

#include "core/note/testing.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

class CosignedCheckpointTest : public ::testing::Test {
 protected:
  const Checkpoint checkpoint_{
      .origin = "log.example", .tree_size = 3, .root = Sha256("root"), .extensions = {"extra"}};
  const NoteSigner log_ = TestLogSigner("log.example", 1);
  const Cosigner witness_ = TestCosigner("witness.example", 2);
  const std::string note_ =
      TestSignedCheckpoint(checkpoint_, log_, {{.cosigner = &witness_, .unix_seconds = 1234}});
};

TEST_F(CosignedCheckpointTest, Parses) {
  const auto parsed = CosignedCheckpoint::Parse(note_, witness_.vkey());
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->note(), note_);
  EXPECT_EQ(parsed->checkpoint(), checkpoint_);
  EXPECT_EQ(parsed->origin_hash(), Sha256("log.example"));
  EXPECT_EQ(parsed->cosigned_at(), 1234u);
}

TEST_F(CosignedCheckpointTest, Refusals) {
  const VerifierKey us = witness_.vkey();
  EXPECT_EQ(ReasonOf(CosignedCheckpoint::Parse("", us).status()), "NOTE_MALFORMED");
  EXPECT_EQ(ReasonOf(CosignedCheckpoint::Parse(note_ + "x", us).status()), "NOTE_MALFORMED");
  EXPECT_EQ(
      ReasonOf(CosignedCheckpoint::Parse(TestSignedCheckpoint(checkpoint_, log_), us).status()),
      "SIGNATURE_MISSING");
  EXPECT_EQ(ReasonOf(CosignedCheckpoint::Parse(WithBrokenSignature(note_, 1), us).status()),
            "SIGNATURE_INVALID");
  EXPECT_EQ(
      ReasonOf(
          CosignedCheckpoint::Parse(note_, TestCosigner("witness.example", 3).vkey()).status()),
      "SIGNATURE_MISSING");
  const std::string twice = TestSignedCheckpoint(
      checkpoint_, log_,
      {{.cosigner = &witness_, .unix_seconds = 1}, {.cosigner = &witness_, .unix_seconds = 2}});
  EXPECT_EQ(ReasonOf(CosignedCheckpoint::Parse(twice, us).status()), "COSIGNATURE_DUPLICATE");
}

}  // namespace
}  // namespace candor
