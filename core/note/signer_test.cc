// SPDX-License-Identifier: Apache-2.0
#include "core/note/signer.h"

#include <string>

#include "core/note/cosignature.h"
#include "core/note/testing.h"
#include "core/note/verify.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

const char kText[] = "log.example\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";

PrivateKey EcdsaKey() {
  return PrivateKey::FromSeed(KeyAlgorithm::kEcdsaP256Sha256, std::string(32, 1)).value();
}

TEST(NoteSignerTest, SignsWhatVerifies) {
  const NoteSigner signer = TestLogSigner("log.example", 1);
  EXPECT_EQ(signer.vkey().type(), SignatureType::kEd25519);
  const absl::StatusOr<NoteSignature> signature = signer.Sign(kText);
  ASSERT_TRUE(signature.ok()) << signature.status();
  EXPECT_TRUE(signer.vkey().Matches(*signature));
  EXPECT_TRUE(VerifyNoteSignature(signer.vkey(), kText, *signature).ok());
}

TEST(NoteSignerTest, RefusesNamesAndKeys) {
  EXPECT_FALSE(NoteSigner::Create("a b", TestEd25519Key(1)).ok());
  EXPECT_FALSE(NoteSigner::Create("", TestEd25519Key(1)).ok());
  EXPECT_FALSE(NoteSigner::Create("a", EcdsaKey()).ok());
}

TEST(NoteSignerTest, RefusesWhatIsNoNoteText) {
  const NoteSigner signer = TestLogSigner("log.example", 1);
  for (const char* text : {"", "no newline", "tab\t\n", "\xFF\n"}) {
    EXPECT_EQ(ReasonOf(signer.Sign(text).status()), "NOTE_TEXT_INVALID") << text;
  }
}

TEST(CosignerTest, SignsWhatVerifies) {
  const Cosigner cosigner = TestCosigner("witness.example", 1);
  EXPECT_EQ(cosigner.vkey().type(), SignatureType::kCosignatureEd25519);
  for (const uint64_t time : {uint64_t{1}, uint64_t{1700000000}, kMaxCosignatureTime}) {
    const absl::StatusOr<NoteSignature> cosignature = cosigner.Cosign(kText, time);
    ASSERT_TRUE(cosignature.ok()) << cosignature.status();
    EXPECT_TRUE(cosigner.vkey().Matches(*cosignature));
    EXPECT_EQ(VerifyCosignature(cosigner.vkey(), kText, *cosignature).value(), time);
  }
}

TEST(CosignerTest, RefusesNamesAndKeys) {
  EXPECT_FALSE(Cosigner::Create("a+b", TestEd25519Key(1)).ok());
  EXPECT_FALSE(Cosigner::Create("a", EcdsaKey()).ok());
}

TEST(CosignerTest, RefusesTimesAndTexts) {
  const Cosigner cosigner = TestCosigner("witness.example", 1);
  EXPECT_EQ(ReasonOf(cosigner.Cosign(kText, 0).status()), "COSIGNATURE_TIME_INVALID");
  EXPECT_EQ(ReasonOf(cosigner.Cosign(kText, kMaxCosignatureTime + 1).status()),
            "COSIGNATURE_TIME_INVALID");
  EXPECT_EQ(ReasonOf(cosigner.Cosign("just text\n", 1).status()), "CHECKPOINT_MALFORMED");
}

}  // namespace
}  // namespace candor
