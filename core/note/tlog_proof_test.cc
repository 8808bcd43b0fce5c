// SPDX-License-Identifier: Apache-2.0
#include "core/note/tlog_proof.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/note/testing.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

std::string CheckpointNote(uint64_t size = 109482) {
  return TestSignedCheckpoint({.origin = "example.com/fancylog",
                               .tree_size = size,
                               .root = Sha256("root"),
                               .extensions = {}},
                              TestLogSigner("example.com/fancylog", 1));
}

std::string HashLines(size_t count) {
  std::string lines;
  for (size_t i = 0; i < count; ++i) {
    absl::StrAppend(&lines, Base64Encode(Sha256(std::to_string(i)).bytes()), "\n");
  }
  return lines;
}

TEST(TlogProofTest, RoundTrip) {
  const std::string head = "c2sp.org/tlog-proof@v1\n";
  const struct {
    const char* what;
    std::string bytes;
    size_t hashes;
    uint64_t index;
    std::optional<std::string> extra;
  } kCases[] = {
      {"with extra",
       head + "extra AAECAw==\nindex 73894\n" + HashLines(5) + "\n" + CheckpointNote(), 5, 73894,
       std::string("\0\1\2\3", 4)},
      {"without extra", head + "index 73894\n" + HashLines(5) + "\n" + CheckpointNote(), 5, 73894,
       std::nullopt},
      {"no hashes", head + "index 0\n\n" + CheckpointNote(1), 0, 0, std::nullopt},
      {"63 hashes", head + "index 0\n" + HashLines(63) + "\n" + CheckpointNote(), 63, 0,
       std::nullopt},
  };
  for (const auto& c : kCases) {
    const absl::StatusOr<TlogProof> proof = TlogProof::Parse(c.bytes);
    ASSERT_TRUE(proof.ok()) << c.what << proof.status();
    EXPECT_EQ(proof->proof.size(), c.hashes) << c.what;
    EXPECT_EQ(proof->index, c.index) << c.what;
    EXPECT_EQ(proof->extra, c.extra) << c.what;
    EXPECT_EQ(proof->Format(), c.bytes) << c.what;
  }
}

TEST(TlogProofTest, EmptyExtraIsLeftOut) {
  const TlogProof proof{
      .extra = "", .index = 0, .proof = {Sha256("a")}, .checkpoint = CheckpointNote()};
  EXPECT_EQ(proof.Format().find("extra"), std::string::npos);
  EXPECT_TRUE(TlogProof::Parse(proof.Format()).ok());
}

TEST(TlogProofTest, TheLargestEntryFits) {
  const TlogProof proof{.extra = std::string(1 + 65535, '\xEE'),
                        .index = 0,
                        .proof = {Sha256("a")},
                        .checkpoint = CheckpointNote()};
  const absl::StatusOr<TlogProof> parsed = TlogProof::Parse(proof.Format());
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(*parsed, proof);
}

TEST(TlogProofTest, RefusesBadInput) {
  const std::string head = "c2sp.org/tlog-proof@v1\n";
  const std::string tail = HashLines(2) + "\n" + CheckpointNote();
  const struct {
    const char* what;
    std::string bytes;
    const char* reason = "TLOG_PROOF_MALFORMED";
  } kCases[] = {
      {"empty", ""},
      {"header only", head},
      {"header without newline", "c2sp.org/tlog-proof@v1"},
      {"other version", "c2sp.org/tlog-proof@v2\nindex 1\n" + tail},
      {"space after header", "c2sp.org/tlog-proof@v1 \nindex 1\n" + tail},
      {"no index", head + tail},
      {"index twice", head + "index 1\nindex 1\n" + tail},
      {"empty index", head + "index \n" + tail},
      {"index with leading zero", head + "index 01\n" + tail},
      {"negative index", head + "index -1\n" + tail},
      {"index beyond 64 bits", head + "index 18446744073709551616\n" + tail},
      {"index with two spaces", head + "index  1\n" + tail},
      {"index with trailing space", head + "index 1 \n" + tail},
      {"index equal to the size", head + "index 109482\n" + tail},
      {"empty extra", head + "extra \nindex 1\n" + tail},
      {"bare extra", head + "extra\nindex 1\n" + tail},
      {"extra twice", head + "extra AA==\nextra AA==\nindex 1\n" + tail},
      {"extra after index", head + "index 1\nextra AA==\n" + tail},
      {"extra without padding", head + "extra AA\nindex 1\n" + tail},
      {"extra not canonical", head + "extra AB==\nindex 1\n" + tail},
      {"hash of 31 bytes", head + "index 1\nxRhqkYY+jh2QyAgBSqib9dqOPuHZ8HYw8DePaPGrYg==\n" + tail},
      {"hash not canonical",
       head + "index 1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n" + tail},
      {"64 hashes", head + "index 1\n" + HashLines(64) + "\n" + CheckpointNote()},
      {"no blank line", head + "index 1\n" + HashLines(2) + CheckpointNote()},
      {"no checkpoint", head + "index 1\n" + HashLines(2) + "\n", "NOTE_MALFORMED"},
      {"two blank lines", head + "index 1\n" + HashLines(2) + "\n\n" + CheckpointNote(),
       "CHECKPOINT_MALFORMED"},
      {"trailing bytes", head + "index 1\n" + tail + "x\n", "NOTE_MALFORMED"},
      {"trailing newline", head + "index 1\n" + tail + "\n", "NOTE_MALFORMED"},
      {"cut off", head + "index 1\n" + tail.substr(0, tail.size() - 1), "NOTE_MALFORMED"},
      {"CRLF", "c2sp.org/tlog-proof@v1\r\nindex 1\r\n" + tail},
      {"too large", head + "extra " + std::string(kMaxTlogProofBytes, 'A') + "\n" + tail},
  };
  for (const auto& c : kCases) {
    const absl::Status status = TlogProof::Parse(c.bytes).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.what;
    EXPECT_EQ(ReasonOf(status), c.reason) << c.what << status;
  }
  EXPECT_TRUE(TlogProof::Parse(head + "index 1\n" + tail).ok());
}

TEST(TlogProofTest, EveryTruncationIsRefused) {
  const std::string bytes =
      "c2sp.org/tlog-proof@v1\nextra AAECAw==\nindex 1\n" + HashLines(2) + "\n" + CheckpointNote();
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(TlogProof::Parse(bytes.substr(0, length)).ok()) << length;
  }
}

}  // namespace
}  // namespace candor
