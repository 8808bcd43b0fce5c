// SPDX-License-Identifier: Apache-2.0
#include "core/attest/envelope_signer.h"

#include <vector>

#include "core/attest/testing.h"
#include "core/crypto/signature.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

TEST(EnvelopeSignerTest, SignsThePae) {
  PrivateKey first = TestKey(1);
  PrivateKey second = TestKey(2, KeyAlgorithm::kEcdsaP256Sha256);
  absl::StatusOr<DsseEnvelope> envelope = SignEnvelope("text/plain", "hello", {&first, &second});
  ASSERT_TRUE(envelope.ok()) << envelope.status();
  ASSERT_EQ(envelope->signatures.size(), 2u);
  size_t i = 0;
  for (const PrivateKey* key : {&first, &second}) {
    EXPECT_EQ(envelope->signatures[i].keyid, key->public_key().key_hash().hex());
    const std::string& signature = envelope->signatures[i].signature;
    // Other programs verify ECDSA as DER only.
    const bool der = key->algorithm() == KeyAlgorithm::kEcdsaP256Sha256;
    EXPECT_EQ(signature.size() != kSignatureSize, der);
    EXPECT_TRUE(
        key->public_key()
            .Verify(Pae("text/plain", "hello"), *NormaliseSignature(key->algorithm(), signature))
            .ok());
    ++i;
  }
}

TEST(EnvelopeSignerTest, AddsAndReplaces) {
  PrivateKey first = TestKey(1);
  PrivateKey second = TestKey(2);
  DsseEnvelope envelope = *SignEnvelope("text/plain", "hello", {&first});
  envelope.signatures[0].signature = "broken";
  ASSERT_TRUE(AddSignatures(envelope, {&first, &second}).ok());
  ASSERT_EQ(envelope.signatures.size(), 2u);
  EXPECT_EQ(envelope.signatures[0].signature, *first.Sign(Pae("text/plain", "hello")));
}

TEST(EnvelopeSignerTest, RefusesBadInput) {
  PrivateKey key = TestKey(1);
  PrivateKey same = TestKey(1);
  EXPECT_EQ(ReasonOf(SignEnvelope("t", "p", {}).status()), "ENVELOPE_INVALID");
  EXPECT_EQ(ReasonOf(SignEnvelope("t", "p", {&key, &same}).status()), "ENVELOPE_INVALID");
  EXPECT_EQ(ReasonOf(SignEnvelope("", "p", {&key}).status()), "PAYLOAD_TYPE_INVALID");
  DsseEnvelope full{"t", "p", std::vector<DsseSignature>(kMaxEnvelopeSignatures, {"k", "s"})};
  EXPECT_EQ(ReasonOf(AddSignatures(full, {&key})), "ENVELOPE_INVALID");
  EXPECT_EQ(full.signatures.size(), kMaxEnvelopeSignatures);
}

}  // namespace
}  // namespace candor
