// SPDX-License-Identifier: Apache-2.0
#include "core/note/verify.h"

#include <string>
#include <utility>
#include <vector>

#include "core/note/testing.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

constexpr std::string_view kText = "line\n";

Note SignedBy(const std::vector<const NoteSigner*>& signers) {
  Note note{.text = std::string(kText), .signatures = {}};
  for (const NoteSigner* signer : signers) {
    note.signatures.push_back(signer->Sign(note.text).value());
  }
  return note;
}

TEST(OpenNoteTest, TheExampleOfTheSpecificationVerifies) {
  const std::vector<VerifierKey> keys = {
      VerifierKey::Parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
          .value()};
  const std::string bytes =
      "This is an example message.\n"
      "\n"
      "\xE2\x80\x94 example.com/foo "
      "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
      "\n";
  const absl::StatusOr<OpenedNote> opened = OpenNote(bytes, keys);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->note.text, "This is an example message.\n");
  EXPECT_EQ(opened->verified,
            (std::vector<VerifiedSignature>{{.signature_index = 0, .key_index = 0}}));

  std::string changed = bytes;
  changed[0] = 't';
  EXPECT_EQ(ReasonOf(OpenNote(changed, keys).status()), "SIGNATURE_INVALID");
}

TEST(OpenNoteTest, IgnoresUnknownSignatures) {
  const NoteSigner known = TestLogSigner("known", 1);
  const NoteSigner unknown = TestLogSigner("unknown", 2);
  Note note = SignedBy({&unknown, &known, &unknown});
  note.signatures[0].signature = "nonsense";  // not even the length of a signature
  note.signatures[2].name = "known";          // the name of a known key, another id
  const std::vector<VerifierKey> keys = {known.vkey()};
  const absl::StatusOr<OpenedNote> opened = OpenNote(note.Format(), keys);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->verified,
            (std::vector<VerifiedSignature>{{.signature_index = 1, .key_index = 0}}));
}

TEST(OpenNoteTest, TheSameIdUnderAnotherNameIsUnknown) {
  const NoteSigner known = TestLogSigner("known", 1);
  Note note = SignedBy({&known});
  note.signatures[0].name = "other";
  const std::vector<VerifierKey> keys = {known.vkey()};
  EXPECT_EQ(ReasonOf(OpenNote(note.Format(), keys).status()), "SIGNATURE_MISSING");
}

TEST(OpenNoteTest, OneBrokenSignatureByAKnownKeyRejectsAll) {
  const NoteSigner first = TestLogSigner("first", 1);
  const NoteSigner second = TestLogSigner("second", 2);
  const std::vector<VerifierKey> both = {first.vkey(), second.vkey()};
  const std::string good = SignedBy({&first, &second}).Format();
  EXPECT_EQ(OpenNote(good, both)->verified.size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    const std::string bad = WithBrokenSignature(good, i);
    const absl::Status status = OpenNote(bad, both).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
    EXPECT_EQ(ReasonOf(status), "SIGNATURE_INVALID");
    // Who does not know the broken one does not care.
    const std::vector<VerifierKey> other = {both[1 - i]};
    EXPECT_TRUE(OpenNote(bad, other).ok());
  }
}

TEST(OpenNoteTest, WrongLengthOfAKnownKeysSignature) {
  const NoteSigner signer = TestLogSigner("a", 1);
  const std::vector<VerifierKey> keys = {signer.vkey()};
  Note note = SignedBy({&signer});
  note.signatures[0].signature += "x";
  EXPECT_EQ(ReasonOf(OpenNote(note.Format(), keys).status()), "SIGNATURE_INVALID");
  note.signatures[0].signature = "x";
  EXPECT_EQ(ReasonOf(OpenNote(note.Format(), keys).status()), "SIGNATURE_INVALID");
}

TEST(OpenNoteTest, NoKeys) {
  const NoteSigner signer = TestLogSigner("a", 1);
  EXPECT_EQ(ReasonOf(OpenNote(SignedBy({&signer}).Format(), {}).status()), "SIGNATURE_MISSING");
}

TEST(OpenNoteTest, UnsupportedTypesCountAsUnknown) {
  const VerifierKey opaque = VerifierKey::Parse("a+00000000+/2tleQ==").value();
  const Note note{.text = std::string(kText), .signatures = {{"a", 0, "signature"}}};
  const std::vector<VerifierKey> keys = {opaque};
  EXPECT_EQ(ReasonOf(OpenNote(note.Format(), keys).status()), "SIGNATURE_MISSING");
  EXPECT_EQ(VerifyNoteSignature(opaque, note.text, note.signatures[0]).code(),
            absl::StatusCode::kUnimplemented);
}

TEST(OpenNoteTest, CosignaturesAndPlainSignaturesDoNotMix) {
  const NoteSigner plain = TestLogSigner("a", 1);
  const Cosigner cosigner = TestCosigner("a", 1);  // the same key in another type
  const std::string text =
      Checkpoint{.origin = "a", .tree_size = 0, .root = {}, .extensions = {}}.FormatText();
  NoteSignature signature = plain.Sign(text).value();
  signature.key_id = cosigner.vkey().key_id();
  EXPECT_FALSE(VerifyNoteSignature(cosigner.vkey(), text, signature).ok());
  NoteSignature cosignature = cosigner.Cosign(text, 1).value();
  EXPECT_TRUE(VerifyNoteSignature(cosigner.vkey(), text, cosignature).ok());
  EXPECT_FALSE(VerifyNoteSignature(plain.vkey(), text, cosignature).ok());
  cosignature.signature = cosignature.signature.substr(8);
  EXPECT_FALSE(VerifyNoteSignature(plain.vkey(), text, cosignature).ok());
}

}  // namespace
}  // namespace candor
