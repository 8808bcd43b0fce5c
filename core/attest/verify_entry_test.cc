// SPDX-License-Identifier: Apache-2.0
#include "core/attest/verify_entry.h"

#include <string>
#include <vector>

#include "core/attest/testing.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

TEST(VerifyEntryTest, VerifiesEveryKindOfEntry) {
  TestLog log;
  EXPECT_TRUE(VerifyEntrySignatures(log.ConfigEntry(), log.registry).ok());
  log.AddConfig();
  Entry keyset = log.KeysetEntry(log.VendorKeyset(), {&log.root, &log.signing});
  EXPECT_TRUE(VerifyEntrySignatures(keyset, log.registry).ok());
  ASSERT_TRUE(ReplayEntry(log.registry, keyset, 1).ok());
  std::string payload = TestRelease("pkg:generic/acme.example/cam@1");
  EXPECT_TRUE(VerifyEntrySignatures(TestEntry(payload, {&log.signing}), log.registry).ok());
  Entry detached = TestEntry(payload, {&log.signing}, false);
  EXPECT_TRUE(VerifyEntrySignatures(detached, payload, log.registry).ok());
  EXPECT_EQ(ReasonOf(VerifyEntrySignatures(detached, log.registry)), "PAYLOAD_MISSING");
  EXPECT_EQ(ReasonOf(VerifyEntrySignatures(detached, payload + " ", log.registry)),
            "PAYLOAD_MISMATCH");
}

TEST(VerifyEntryTest, RefusesForgedSignatures) {
  TestLog log;
  log.AddVendor();
  std::string payload = TestRelease("pkg:generic/acme.example/cam@1");
  PrivateKey forger = TestKey(50, KeyAlgorithm::kEcdsaP256Sha256);
  std::string pae = Pae(kInTotoPayloadType, payload);
  KeyHash victim = log.signing.public_key().key_hash();
  const EntrySignature forged[] = {
      {KeyAlgorithm::kEcdsaP256Sha256, victim, *forger.Sign(pae)},
      // Over the payload and not its PAE.
      {KeyAlgorithm::kEcdsaP256Sha256, victim, *log.signing.Sign(payload)},
      {KeyAlgorithm::kEd25519, victim, *log.root.Sign(pae)},
  };
  for (const EntrySignature& signature : forged) {
    Entry entry = *BuildEntry(kInTotoPayloadType, payload, {signature}, true);
    EXPECT_EQ(ReasonOf(VerifyEntrySignatures(entry, log.registry)), "SIGNATURE_INVALID");
    EXPECT_EQ(ReasonOf(ReplayEntry(log.registry, entry, 2)), "SIGNATURE_INVALID");
  }
  EXPECT_EQ(ReasonOf(VerifyEntrySignatures(TestEntry(payload, {&forger}), log.registry)),
            "KEY_NOT_ENROLLED");
}

TEST(VerifyEntryTest, OneBadSignatureIsEnough) {
  TestLog log;
  log.AddConfig();
  std::string payload = *BuildParticipantKeysetStatement(log.VendorKeyset());
  Entry good = TestEntry(payload, {&log.registrar, &log.root, &log.signing});
  std::vector<EntrySignature> signatures = good.signatures();
  for (EntrySignature& signature : signatures) {
    if (signature.key == log.root.public_key().key_hash())
      signature.signature = *log.root.Sign("x");
  }
  Entry bad = *BuildEntry(kInTotoPayloadType, payload, signatures, true);
  EXPECT_EQ(ReasonOf(ReplayEntry(log.registry, bad, 1)), "SIGNATURE_INVALID");
  EXPECT_FALSE(log.registry.FindParticipant("acme.example")->has_value());
  EXPECT_TRUE(ReplayEntry(log.registry, good, 1).ok());
}

TEST(VerifyEntryTest, ReplayRefusesWhatAdmitRefuses) {
  TestLog log;
  log.AddVendor();
  auto before = log.registry.rows();
  Entry outside = TestEntry(TestRelease("pkg:generic/other/cam@1"), {&log.signing});
  EXPECT_EQ(ReasonOf(ReplayEntry(log.registry, outside, 2)), "PURL_OUTSIDE_SCOPE");
  EXPECT_EQ(log.registry.rows(), before);
  std::string payload = TestRelease("pkg:generic/acme.example/cam@1");
  payload.resize(kDefaultInlineLimitBytes + 1, ' ');
  EXPECT_TRUE(
      ReplayEntry(log.registry, TestEntry(payload, {&log.signing}, false), payload, 2).ok());
}

}  // namespace
}  // namespace candor
