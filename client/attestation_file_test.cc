// SPDX-License-Identifier: Apache-2.0
#include "client/attestation_file.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/attest/json.h"
#include "core/attest/testing.h"
#include "core/crypto/private_key.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

constexpr char kPurl[] = "pkg:generic/acme.example/cam@1";

class AttestationFileTest : public testing::Test {
 protected:
  AttestationFileTest() : key_(TestKey(1, KeyAlgorithm::kEcdsaP256Sha256)) {
    const PrivateKey* const keys[] = {&key_};
    envelope_ = TestEnvelope(TestRelease(kPurl), keys);
    json_ = {{"payloadType", envelope_.payload_type},
             {"payload", Base64Encode(envelope_.payload)},
             {"signatures", {{{"sig", Base64Encode(envelope_.signatures[0].signature)}}}}};
  }

  // What `cosign verify-attestation` prints.
  Json Cosign() const {
    Json json = json_;
    json["signatures"][0]["keyid"] = "";
    return json;
  }
  // What `witness run` writes: certificates and time stamps beside each signature.
  Json Witness() const {
    Json json = json_;
    json["signatures"][0]["keyid"] = std::string(64, '7');
    json["signatures"][0]["certificate"] = Base64Encode(std::string(3000, 'c'));
    json["signatures"][0]["intermediates"] = {Base64Encode(std::string(3000, 'i'))};
    json["signatures"][0]["timestamps"] = {{{"type", "tsp"}, {"data", "AAAA"}}};
    return json;
  }
  // A Sigstore bundle; its payload is in URL-safe base64 without padding, which DSSE allows.
  Json Bundle() const {
    Json json = json_;
    std::string text = json["payload"].get<std::string>();
    for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
    text.erase(text.find_last_not_of('=') + 1);
    json["payload"] = text;
    return {
        {"mediaType", "application/vnd.dev.sigstore.bundle.v0.3+json"},
        {"verificationMaterial", {{"publicKey", {{"hint", "h"}}}, {"tlogEntries", Json::array()}}},
        {"dsseEnvelope", json}};
  }

  void ExpectOne(const std::string& bytes, size_t count = 1) {
    const auto file = ParseAttestations(bytes);
    ASSERT_TRUE(file.ok()) << file.status();
    EXPECT_FALSE(file->unsigned_statement.has_value());
    ASSERT_EQ(file->envelopes.size(), count);
    for (const FoundEnvelope& found : file->envelopes) {
      EXPECT_EQ(found.envelope.payload_type, envelope_.payload_type);
      EXPECT_EQ(found.envelope.payload, envelope_.payload);
      ASSERT_EQ(found.envelope.signatures.size(), 1u);
      EXPECT_EQ(found.envelope.signatures[0].signature, envelope_.signatures[0].signature);
      EXPECT_TRUE(CheckHoldsStatement(found.envelope).ok());
    }
  }

  const PrivateKey key_;
  DsseEnvelope envelope_;
  Json json_;
};

TEST_F(AttestationFileTest, EveryShapeIsToldByItsContent) {
  for (const Json& shape : {json_, Cosign(), Witness(), Bundle()}) {
    ExpectOne(shape.dump());
    ExpectOne(shape.dump(2) + "\n");  // spans lines
    ExpectOne("\n" + shape.dump() + "\r\n\n");
  }
  ExpectOne(Json{{"attestations", {{{"predicateType", "p"}, {"bundle", Bundle()}}}}}.dump());
  ExpectOne(Json{{"attestations", {{{"bundle", Bundle()}}, {{"bundle", json_}}}}}.dump(), 2);
}

TEST_F(AttestationFileTest, JsonLines) {
  const std::string text =
      absl::StrCat(Cosign().dump(), "\n\n", Bundle().dump(), "\r\n", Witness().dump());
  ExpectOne(text, 3);
  const auto file = ParseAttestations(text);
  EXPECT_EQ(file->envelopes[0].place, "line 1");
  EXPECT_EQ(file->envelopes[1].place, "line 3");
  EXPECT_EQ(file->envelopes[2].place, "line 4");
  EXPECT_EQ(ParseAttestations(json_.dump())->envelopes[0].place, "");
}

TEST_F(AttestationFileTest, AnUnsignedStatement) {
  const std::string statement = TestRelease(kPurl);
  const auto file = ParseAttestations(statement);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->unsigned_statement, statement);
  EXPECT_TRUE(file->envelopes.empty());
  const auto among = ParseAttestations(absl::StrCat(json_.dump(), "\n", statement));
  EXPECT_EQ(ReasonOf(among.status()), "ATTESTATION_UNSIGNED");
  EXPECT_TRUE(absl::StrContains(among.status().message(), "line 2")) << among.status();
}

TEST_F(AttestationFileTest, WhatIsNoAttestationIsRefusedWithTheReason) {
  Json no_signature = json_;
  no_signature["signatures"] = Json::array();
  Json no_type = json_;
  no_type.erase("payloadType");
  Json broken = json_;
  broken["payload"] = "!";
  const std::string line = json_.dump();
  const struct {
    std::string bytes;
    std::string reason;
    std::string message;
  } kCases[] = {
      {"", "ATTESTATION_UNKNOWN", "empty"},
      {" \n\n", "ATTESTATION_UNKNOWN", "empty"},
      {"\x7f"
       "ELF\x02\x01",
       "ATTESTATION_UNKNOWN", ""},
      {"hello\nworld\n", "ATTESTATION_UNKNOWN", ""},
      {"7", "ATTESTATION_UNKNOWN", "not an object"},
      {"7\n8\n", "ATTESTATION_UNKNOWN", "line 1: it is JSON, but not an object"},
      {"[]", "ATTESTATION_UNKNOWN", "not an object"},
      {"{}", "ATTESTATION_UNKNOWN", "neither a DSSE envelope nor a Sigstore bundle"},
      {"{\"a\":1,\"a\":2}", "ATTESTATION_UNKNOWN", ""},
      {"{\"messageSignature\":{}}", "ATTESTATION_UNKNOWN", "bare signature"},
      {"{\"signed\":{},\"signatures\":[]}", "ATTESTATION_UNKNOWN", "old in-toto way"},
      {"{\"dsseEnvelope\":7}", "ATTESTATION_UNKNOWN", "dsseEnvelope"},
      {"{\"attestations\":[]}", "ATTESTATION_UNKNOWN", "empty"},
      {"{\"attestations\":[7]}", "ATTESTATION_UNKNOWN", "attestations[0]"},
      {"{\"attestations\":[{\"bundle\":{\"attestations\":[]}}]}", "ATTESTATION_UNKNOWN", "again"},
      {no_signature.dump(), "ENVELOPE_INVALID", "signatures is empty"},
      {no_type.dump(), "ENVELOPE_INVALID", "payloadType"},
      {broken.dump(), "ENVELOPE_INVALID", "payload"},
      {line + "\n{", "JSON_INVALID", "line 2"},
      {line + "\n" + line.substr(0, 20) + "\n" + line, "JSON_INVALID", "line 2"},
      {line + "\n" + no_type.dump(), "ENVELOPE_INVALID", "line 2: payloadType"},
      {line + line, "ATTESTATION_UNKNOWN", ""},
  };
  for (const auto& test : kCases) {
    const absl::Status status = ParseAttestations(test.bytes).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << test.bytes;
    EXPECT_EQ(ReasonOf(status), test.reason) << test.bytes << status;
    EXPECT_TRUE(absl::StrContains(status.message(), test.message)) << status;
  }
}

TEST_F(AttestationFileTest, TheNumberOfStatementsIsBounded) {
  const std::string line = R"({"payloadType":"t","payload":"","signatures":[{"sig":"AA=="}]})";
  std::string text;
  for (size_t i = 0; i < kMaxAttestationsInFile; ++i) absl::StrAppend(&text, line, "\n");
  EXPECT_EQ(ParseAttestations(text)->envelopes.size(), kMaxAttestationsInFile);
  EXPECT_EQ(ReasonOf(ParseAttestations(text + line).status()), "TOO_MANY_ATTESTATIONS");
}

TEST_F(AttestationFileTest, OnlyInTotoStatementsAreStatements) {
  DsseEnvelope other = envelope_;
  other.payload_type = "text/plain";
  EXPECT_EQ(ReasonOf(CheckHoldsStatement(other)), "PAYLOAD_TYPE_UNSUPPORTED");
  other = envelope_;
  other.payload = "{}";
  EXPECT_EQ(ReasonOf(CheckHoldsStatement(other)), "STATEMENT_INVALID");
}

TEST_F(AttestationFileTest, SignersAreNamedByWhatTheySigned) {
  const PrivateKey second = TestKey(2);
  const PrivateKey* const both[] = {&key_, &second};
  DsseEnvelope envelope = TestEnvelope(TestRelease(kPurl), both);
  for (DsseSignature& signature : envelope.signatures) signature.keyid = "theirs";
  const std::vector<PublicKey> keys = {second.public_key(), TestKey(3).public_key()};
  const auto signers = NameSigners(keys, &envelope);
  ASSERT_TRUE(signers.ok()) << signers.status();
  ASSERT_EQ(signers->size(), 1u);
  EXPECT_EQ(signers->front().key_hash(), second.public_key().key_hash());
  EXPECT_EQ(envelope.signatures[0].keyid, "theirs");
  EXPECT_EQ(envelope.signatures[1].keyid, second.public_key().key_hash().hex());

  EXPECT_TRUE(NameSigners({}, &envelope)->empty());
  const std::vector<PublicKey> strangers = {TestKey(3).public_key()};
  const auto none = NameSigners(strangers, &envelope);
  EXPECT_EQ(none.status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(ReasonOf(none.status()), "SIGNATURE_INVALID");
  // A signature over the payload alone, not over DSSE's encoding of it, does not count.
  envelope.signatures = {{"", second.Sign(envelope.payload).value()}};
  EXPECT_FALSE(NameSigners({&keys[0], 1}, &envelope).ok());
}

}  // namespace
}  // namespace candor
