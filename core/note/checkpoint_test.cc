// SPDX-License-Identifier: Apache-2.0
#include "core/note/checkpoint.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/note/testing.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

const char kSofa[] =
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

Checkpoint Sample(std::string_view origin, uint64_t size = 5) {
  return {
      .origin = std::string(origin), .tree_size = size, .root = Sha256("root"), .extensions = {}};
}

TEST(CheckpointTest, ParsesTheExampleOfTheSpecification) {
  const absl::StatusOr<Checkpoint> checkpoint = Checkpoint::ParseText(kSofa);
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
  EXPECT_EQ(checkpoint->origin, "example.com/behind-the-sofa");
  EXPECT_EQ(checkpoint->tree_size, 20852163u);
  EXPECT_EQ(checkpoint->root.hex(),
            "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62");
  EXPECT_TRUE(checkpoint->extensions.empty());
  EXPECT_EQ(checkpoint->FormatText(), kSofa);
}

TEST(CheckpointTest, RoundTrip) {
  const std::string root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
  for (const std::string& text :
       {"a\n0\n" + root, "a\n18446744073709551615\n" + root, "a log + space\n1\n" + root,
        "a\n1\n" + root + "extension\n" + "another \xE2\x80\x94 one\n", "a\n1\n" + root + " \n"}) {
    const absl::StatusOr<Checkpoint> checkpoint = Checkpoint::ParseText(text);
    ASSERT_TRUE(checkpoint.ok()) << text << checkpoint.status();
    EXPECT_EQ(checkpoint->FormatText(), text);
    EXPECT_EQ(Checkpoint::ParseText(checkpoint->FormatText()).value(), *checkpoint);
  }
}

TEST(CheckpointTest, RefusesBadInput) {
  const std::string root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
  const struct {
    const char* what;
    std::string text;
    const char* reason = "CHECKPOINT_MALFORMED";
  } kCases[] = {
      {"empty", ""},
      {"one line", "a\n"},
      {"two lines", "a\n1\n"},
      {"no final newline", "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="},
      {"empty origin", "\n1\n" + root},
      {"empty size", "a\n\n" + root},
      {"leading zero", "a\n01\n" + root},
      {"double zero", "a\n00\n" + root},
      {"sign", "a\n+1\n" + root},
      {"negative", "a\n-1\n" + root},
      {"space before size", "a\n 1\n" + root},
      {"space after size", "a\n1 \n" + root},
      {"hexadecimal", "a\n0x1\n" + root},
      {"beyond 64 bits", "a\n18446744073709551616\n" + root},
      {"empty root", "a\n1\n\n"},
      {"31 bytes", "a\n1\nxRhqkYY+jh2QyAgBSqib9dqOPuHZ8HYw8DePaPGrYg==\n"},
      {"33 bytes", "a\n1\nAArFGGqRhj6OHZDICAFKqJv12o4+4dnwdjDwN49o8ati\n"},
      {"no padding", "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n"},
      {"non-zero trailing bits", "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n"},
      {"URL-safe root", "a\n1\nCsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=\n"},
      {"hexadecimal root", "a\n1\n" + Hash().hex() + "\n"},
      {"empty extension", "a\n1\n" + root + "\n"},
      {"empty extension between", "a\n1\n" + root + "x\n\ny\n"},
      {"extension cut off", "a\n1\n" + root + "x"},
      {"CRLF", "a\r\n1\r\n" + root, "NOTE_TEXT_INVALID"},
      {"not UTF-8", "\xFF\n1\n" + root, "NOTE_TEXT_INVALID"},
      {"too large", std::string(kMaxNoteBytes, 'a') + "\n1\n" + root},
  };
  for (const auto& c : kCases) {
    const absl::StatusOr<Checkpoint> checkpoint = Checkpoint::ParseText(c.text);
    EXPECT_EQ(checkpoint.status().code(), absl::StatusCode::kInvalidArgument) << c.what;
    EXPECT_EQ(ReasonOf(checkpoint.status()), c.reason) << c.what << checkpoint.status();
  }
}

TEST(OriginTest, IsAKeyNameOfAtMost255Bytes) {
  EXPECT_TRUE(CheckCheckpointOrigin("log.example/a").ok());
  EXPECT_TRUE(CheckCheckpointOrigin(std::string(255, 'a')).ok());
  EXPECT_EQ(ReasonOf(CheckCheckpointOrigin(std::string(256, 'a'))), "ORIGIN_INVALID");
  for (const char* bad : {"", "a b", "a+b", "a\n", "\xFF"}) {
    EXPECT_FALSE(CheckCheckpointOrigin(bad).ok());
  }
}

TEST(OpenCheckpointTest, VerifiesTheLogsSignature) {
  const NoteSigner log = TestLogSigner("log.example", 1);
  const Cosigner witness = TestCosigner("witness.example", 2);
  const std::vector<VerifierKey> keys = {TestLogSigner("other.example", 3).vkey(), log.vkey()};
  const std::string note =
      TestSignedCheckpoint(Sample("log.example"), log, {{.cosigner = &witness, .unix_seconds = 9}});
  const absl::StatusOr<SignedCheckpoint> opened = OpenCheckpoint(note, keys);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->checkpoint, Sample("log.example"));
  EXPECT_EQ(opened->note.Format(), note);
  EXPECT_EQ(opened->log_signatures,
            (std::vector<VerifiedSignature>{{.signature_index = 0, .key_index = 1}}));
}

TEST(OpenCheckpointTest, Refusals) {
  const NoteSigner log = TestLogSigner("log.example", 1);
  const NoteSigner other = TestLogSigner("other.example", 2);
  const NoteSigner rotated = TestLogSigner("log.example", 3);
  const std::vector<VerifierKey> keys = {log.vkey(), other.vkey()};
  const std::string good = TestSignedCheckpoint(Sample("log.example"), log);
  const struct {
    const char* what;
    std::string note;
    absl::StatusCode code;
    const char* reason;
  } kCases[] = {
      {"not a note", "text", absl::StatusCode::kInvalidArgument, "NOTE_MALFORMED"},
      {"not a checkpoint", absl::StrCat("text\n", good.substr(good.find("\n\n") + 1)),
       absl::StatusCode::kInvalidArgument, "CHECKPOINT_MALFORMED"},
      {"unknown origin", TestSignedCheckpoint(Sample("new.example"), log),
       absl::StatusCode::kNotFound, "ORIGIN_UNKNOWN"},
      {"another known log's key", TestSignedCheckpoint(Sample("log.example"), other),
       absl::StatusCode::kPermissionDenied, "SIGNATURE_MISSING"},
      {"unknown key of that name", TestSignedCheckpoint(Sample("log.example"), rotated),
       absl::StatusCode::kPermissionDenied, "SIGNATURE_MISSING"},
      {"broken signature", WithBrokenSignature(good, 0), absl::StatusCode::kPermissionDenied,
       "SIGNATURE_INVALID"},
  };
  for (const auto& c : kCases) {
    const absl::Status status = OpenCheckpoint(c.note, keys).status();
    EXPECT_EQ(status.code(), c.code) << c.what << status;
    EXPECT_EQ(ReasonOf(status), c.reason) << c.what;
  }
}

TEST(OpenCheckpointTest, TwoKeysOfOneOrigin) {
  const NoteSigner old_key = TestLogSigner("log.example", 1);
  const NoteSigner new_key = TestLogSigner("log.example", 2);
  const std::vector<VerifierKey> keys = {old_key.vkey(), new_key.vkey()};
  Note note = Note::Parse(TestSignedCheckpoint(Sample("log.example"), old_key)).value();
  note.signatures.push_back(new_key.Sign(note.text).value());
  EXPECT_EQ(OpenCheckpoint(note.Format(), keys)->log_signatures.size(), 2u);
  EXPECT_EQ(ReasonOf(OpenCheckpoint(WithBrokenSignature(note.Format(), 1), keys).status()),
            "SIGNATURE_INVALID");
}

TEST(OpenCheckpointTest, AnotherLogsBrokenLineIsIgnored) {
  const NoteSigner log = TestLogSigner("log.example", 1);
  const NoteSigner other = TestLogSigner("other.example", 2);
  const std::vector<VerifierKey> keys = {log.vkey(), other.vkey()};
  Note note = Note::Parse(TestSignedCheckpoint(Sample("log.example"), log)).value();
  note.signatures.push_back({other.vkey().name(), other.vkey().key_id(), "broken"});
  EXPECT_EQ(OpenCheckpoint(note.Format(), keys)->log_signatures.size(), 1u);
}

}  // namespace
}  // namespace candor
