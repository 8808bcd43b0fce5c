// SPDX-License-Identifier: Apache-2.0
#include "client/describe.h"

#include <optional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "client/testing.h"
#include "core/attest/testing.h"
#include "core/note/tlog_proof.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

TEST(DescribeTest, SaysWhatThingsAre) {
  TestWorld world;
  const uint64_t index = world.Publish("a", "pkg:generic/acme.example/cam@1");
  const TlogProof proof = TlogProof::Parse(world.Proof(index)).value();
  const std::string words = DescribeProof(proof).value();
  for (const std::string text :
       {"proof of entry 2", "log.example/candor", "entries      3", "witness.example/w2 at 2023",
        "kind         release", "pkg:generic/acme.example/cam@1", "artifact.bin", "not checked"}) {
    EXPECT_TRUE(absl::StrContains(words, text)) << text << "\n" << words;
  }
  const Json json = ProofJson(proof).value();
  EXPECT_EQ(json["index"], 2);
  EXPECT_EQ(json["checkpoint"]["treeSize"], 3);
  EXPECT_EQ(json["entry"]["kind"], "release");
  EXPECT_EQ(json["entry"]["purls"][0], "pkg:generic/acme.example/cam@1");
}

// The extra line is optional in the standard, and other logs put other things there.
TEST(DescribeTest, ProofsWithoutAnEntryAreShown) {
  TestWorld world;
  TlogProof proof = TlogProof::Parse(world.Proof(world.Publish("a", "pkg:a/b@1"))).value();
  for (const auto& extra : {std::optional<std::string>(), std::optional<std::string>("\x01junk"),
                            std::optional<std::string>("\x7f")}) {
    proof.extra = extra;
    const std::string words = DescribeProof(proof).value();
    EXPECT_TRUE(absl::StrContains(words, "proof of entry 2")) << words;
    EXPECT_TRUE(absl::StrContains(words, "log.example/candor")) << words;
    EXPECT_TRUE(absl::StrContains(words, "no entry")) << words;
    const Json json = ProofJson(proof).value();
    EXPECT_EQ(json["checkpoint"]["treeSize"], 3);
    EXPECT_FALSE(json.contains("entry"));
    EXPECT_TRUE(json["noEntry"].is_string());
  }
}

TEST(DescribeTest, OneLineForEachKind) {
  TestWorld world;
  world.Publish("a", "pkg:generic/acme.example/cam@1");
  const auto line = [&](size_t i) {
    const std::vector<std::string> signers = {"acme.example", "lab.example"};
    return EntryLine(i, DecodeEntry(world.entries[i]).value(),
                     absl::MakeSpan(signers).first(i == 2 ? 2 : 0));
  };
  EXPECT_EQ(line(0), "entry 0: log-config of log.example/candor");
  EXPECT_EQ(line(1), "entry 1: vendor acme.example enrolled");
  EXPECT_EQ(line(2),
            "entry 2: release of pkg:generic/acme.example/cam@1 by acme.example, lab.example");
}

TEST(DescribeTest, EscapesWhatOthersWrote) {
  const PrivateKey key = TestKey(1);
  const PrivateKey* const keys[] = {&key};
  const std::string payload =
      absl::StrReplaceAll(TestWorld::ReleasePayload("a", "pkg:generic/acme.example/cam@1"),
                          {{"artifact.bin", "\\u001b[31mred\\n"}});
  for (const std::string& words :
       {DescribeEntry(TestEntry(payload, keys)), DescribeEnvelope(TestEnvelope(payload, keys))}) {
    EXPECT_FALSE(absl::StrContains(words, "\x1b"));
    EXPECT_TRUE(absl::StrContains(words, "\\x1b[31mred\\n")) << words;
  }
}

TEST(DescribeTest, WhatIsNotACheckpointIsAnError) {
  EXPECT_FALSE(DescribeCheckpoint("nonsense").ok());
  EXPECT_FALSE(CheckpointJson("").ok());
}

}  // namespace
}  // namespace candor
