// SPDX-License-Identifier: Apache-2.0
#include "core/attest/admit.h"

#include <string>
#include <string_view>
#include <vector>

#include "core/attest/testing.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

const std::string kRelease(kReleaseType);

class AdmitTest : public testing::Test {
 protected:
  std::string ReasonFor(const Entry& entry, uint64_t index) {
    absl::Status status = Admit(log_.registry, entry, index);
    EXPECT_NE(status.code(), absl::StatusCode::kInternal) << status;
    return status.ok() ? "OK" : ReasonOf(status);
  }

  std::string ReasonForRelease(std::string_view purl, const std::vector<const PrivateKey*>& keys) {
    return ReasonFor(TestEntry(TestRelease(purl), keys), 2);
  }

  std::string ReasonForKeyset(const ParticipantKeyset& keyset,
                              const std::vector<const PrivateKey*>& keys) {
    return ReasonFor(TestEntry(*BuildParticipantKeysetStatement(keyset), keys), 2);
  }

  ParticipantKeyset Other(std::string_view prefix, std::string_view name = "other.example") {
    return log_.Keyset(name, other_root_, other_signing_, Role::kVendor,
                       TestScope({kRelease}, {std::string(prefix)}));
  }

  TestLog log_;
  PrivateKey other_root_ = TestKey(11);
  PrivateKey other_signing_ = TestKey(12);
};

TEST_F(AdmitTest, FirstEntryIsTheConfiguration) {
  EXPECT_EQ(ReasonFor(log_.ConfigEntry(), 0), "OK");
  EXPECT_EQ(ReasonFor(log_.ConfigEntry(), 1), "FIRST_ENTRY_NOT_CONFIG");
  EXPECT_EQ(ReasonFor(log_.KeysetEntry(log_.VendorKeyset(), {&log_.root, &log_.signing}), 0),
            "FIRST_ENTRY_NOT_CONFIG");
  EXPECT_EQ(ReasonForRelease("pkg:generic/acme.example/a@1", {&log_.signing}),
            "FIRST_ENTRY_NOT_CONFIG");
  log_.AddConfig();
  EXPECT_EQ(ReasonFor(log_.ConfigEntry(), 0), "FIRST_ENTRY_NOT_CONFIG");
  EXPECT_EQ(ReasonFor(log_.ConfigEntry(), 1), "FIRST_ENTRY_NOT_CONFIG");
}

TEST_F(AdmitTest, ConfigurationOfThisLogByItsRegistrar) {
  LogConfig config = log_.Config();
  config.registrar_threshold = 2;
  std::string payload = *BuildLogConfigStatement(config);
  EXPECT_EQ(ReasonFor(TestEntry(payload, {&log_.registrar, &log_.second_registrar}), 0), "OK");
  EXPECT_EQ(ReasonFor(TestEntry(payload, {&log_.registrar}), 0), "THRESHOLD_NOT_MET");
  EXPECT_EQ(ReasonFor(TestEntry(payload, {&log_.registrar, &log_.state}), 0),
            "SIGNATURE_NOT_EXPECTED");
  EXPECT_EQ(ReasonFor(TestEntry(payload, {&log_.registrar, &log_.second_registrar}, false), 0),
            "PAYLOAD_MISSING");
  config.origin = "other.example/log";
  EXPECT_EQ(ReasonFor(TestEntry(*BuildLogConfigStatement(config),
                                {&log_.registrar, &log_.second_registrar}),
                      0),
            "WRONG_LOG");
}

TEST_F(AdmitTest, RegistryEntriesAreAlwaysInline) {
  std::string payload = *BuildLogConfigStatement(log_.Config());
  EXPECT_EQ(
      ReasonOf(Admit(log_.registry, TestEntry(payload, {&log_.registrar}, false), payload, 0)),
      "INLINE_RULE");
}

TEST_F(AdmitTest, KeysetsNeedRegistrarAndPossession) {
  log_.AddVendor();
  ParticipantKeyset keyset = Other("pkg:generic/other.example/");
  EXPECT_EQ(ReasonForKeyset(keyset, {&log_.registrar, &other_root_, &other_signing_}), "OK");
  EXPECT_EQ(ReasonForKeyset(keyset, {&log_.second_registrar, &other_root_, &other_signing_}), "OK");
  EXPECT_EQ(ReasonForKeyset(keyset, {&other_root_, &other_signing_}), "THRESHOLD_NOT_MET");
  EXPECT_EQ(ReasonForKeyset(keyset, {&log_.state, &other_root_, &other_signing_}),
            "THRESHOLD_NOT_MET");
  EXPECT_EQ(ReasonForKeyset(keyset, {&log_.registrar, &other_root_}), "POSSESSION_MISSING");
  EXPECT_EQ(ReasonForKeyset(keyset, {&log_.registrar, &other_signing_}), "POSSESSION_MISSING");
  EXPECT_EQ(
      ReasonForKeyset(keyset, {&log_.registrar, &other_root_, &other_signing_, &log_.signing}),
      "SIGNATURE_NOT_EXPECTED");
  keyset.origin = "elsewhere.example/log";
  EXPECT_EQ(ReasonForKeyset(keyset, {&log_.registrar, &other_root_, &other_signing_}), "WRONG_LOG");
}

TEST_F(AdmitTest, NamesAndKeysBelongToOneParticipant) {
  log_.AddVendor();
  EXPECT_EQ(ReasonForKeyset(Other("pkg:generic/other.example/", "acme.example"),
                            {&log_.registrar, &other_root_, &other_signing_}),
            "PARTICIPANT_EXISTS");
  Scope scope = TestScope({kRelease}, {"pkg:generic/other.example/"});
  for (const PrivateKey* taken : {&log_.root, &log_.signing, &log_.registrar, &log_.state}) {
    EXPECT_EQ(
        ReasonForKeyset(log_.Keyset("other.example", *taken, other_signing_, Role::kVendor, scope),
                        {&log_.second_registrar, taken, &other_signing_}),
        "KEY_ALREADY_ENROLLED");
    EXPECT_EQ(
        ReasonForKeyset(log_.Keyset("other.example", other_root_, *taken, Role::kVendor, scope),
                        {&log_.second_registrar, taken, &other_root_}),
        "KEY_ALREADY_ENROLLED");
  }
}

TEST_F(AdmitTest, GrantsOfVendorsNeverOverlap) {
  log_.AddVendor();
  std::vector<const PrivateKey*> keys = {&log_.registrar, &other_root_, &other_signing_};
  for (std::string_view prefix : {"pkg:generic/acme.example/", "pkg:generic/acme.example",
                                  "pkg:generic/acme.example/cam", "pkg:generic/acme.example/a/"}) {
    EXPECT_EQ(ReasonForKeyset(Other(prefix), keys), "GRANT_OVERLAPS") << prefix;
  }
  EXPECT_EQ(ReasonForKeyset(Other("pkg:generic/acme.example2/"), keys), "OK");
  // Others speak about a vendor's products all the same.
  ParticipantKeyset lab = log_.Keyset(
      "lab.example", other_root_, other_signing_, Role::kAssessor,
      TestScope({"urn:candor:predicate:audit-report:v1"}, {"pkg:generic/acme.example/"}));
  EXPECT_EQ(ReasonForKeyset(lab, keys), "OK");
}

TEST_F(AdmitTest, ProductStatementsWithinTheScope) {
  log_.AddVendor();
  const std::string purl = "pkg:generic/acme.example/cam@1";
  EXPECT_EQ(ReasonForRelease(purl, {&log_.signing}), "OK");
  EXPECT_EQ(ReasonForRelease("pkg:generic/other.example/cam@1", {&log_.signing}),
            "PURL_OUTSIDE_SCOPE");
  EXPECT_EQ(ReasonForRelease(purl + "?repository_url=https://evil.example", {&log_.signing}),
            "PURL_OUTSIDE_SCOPE");
  EXPECT_EQ(ReasonForRelease(purl, {&other_signing_}), "KEY_NOT_ENROLLED");
  EXPECT_EQ(ReasonForRelease(purl, {&log_.signing, &other_signing_}), "KEY_NOT_ENROLLED");
  EXPECT_EQ(ReasonForRelease(purl, {&log_.root}), "KEY_NOT_SIGNING");
  EXPECT_EQ(ReasonForRelease(purl, {&log_.registrar}), "KEY_NOT_SIGNING");
  EXPECT_EQ(
      ReasonFor(TestEntry(TestStatement("https://spdx.dev/Document", "{}"), {&log_.signing}), 2),
      "PREDICATE_NOT_GRANTED");
  EXPECT_EQ(ReasonFor(TestEntry(TestStatement("https://openvex.dev/ns", "{}"), {&log_.signing}), 2),
            "UNNAMED_NOT_GRANTED");
  EXPECT_EQ(ReasonFor(TestEntry(TestStatement("https://openvex.dev/ns",
                                              R"({"statements":[{"products":[
                                                  {"@id":"pkg:generic/acme.example/cam"},
                                                  {"@id":"pkg:generic/other.example/x"}]}]})"),
                                {&log_.signing}),
                      2),
            "PURL_OUTSIDE_SCOPE");
}

TEST_F(AdmitTest, RevokedKeysFromTheirIndexOn) {
  log_.AddVendor();
  KeyHash hash = log_.signing.public_key().key_hash();
  KeyRecord record = **log_.registry.FindKey(hash);
  record.revoked_at = 5;
  log_.registry.Commit({.rows = {{KeyRowKey(hash), EncodeKeyRecord(record)}}, .logged = {}});
  Entry entry = TestEntry(TestRelease("pkg:generic/acme.example/cam@1"), {&log_.signing});
  EXPECT_EQ(ReasonFor(entry, 4), "OK");
  EXPECT_EQ(ReasonFor(entry, 5), "KEY_REVOKED");
  EXPECT_EQ(ReasonFor(entry, 6), "KEY_REVOKED");
}

TEST_F(AdmitTest, InlineExactlyUpToTheLimit) {
  log_.AddVendor();
  std::string payload = TestRelease("pkg:generic/acme.example/cam@1");
  Entry detached = TestEntry(payload, {&log_.signing}, false);
  EXPECT_EQ(ReasonOf(Admit(log_.registry, detached, payload, 2)), "INLINE_RULE");
  payload.resize(kDefaultInlineLimitBytes, ' ');
  EXPECT_EQ(ReasonFor(TestEntry(payload, {&log_.signing}), 2), "OK");
  payload.push_back(' ');
  EXPECT_EQ(ReasonFor(TestEntry(payload, {&log_.signing}), 2), "INLINE_RULE");
  Entry large = TestEntry(payload, {&log_.signing}, false);
  EXPECT_TRUE(Admit(log_.registry, large, payload, 2).ok());
  EXPECT_EQ(ReasonFor(large, 2), "PAYLOAD_MISSING");
  EXPECT_EQ(ReasonOf(Admit(log_.registry, large, payload + " ", 2)), "PAYLOAD_MISMATCH");
}

TEST_F(AdmitTest, PayloadsUpToTheLimit) {
  LogConfig config = log_.Config();
  config.inline_limit_bytes = 100;
  config.max_payload_bytes = 100;
  ASSERT_EQ(ReasonFor(TestEntry(*BuildLogConfigStatement(config), {&log_.registrar}), 0), "OK");
  Entry entry = TestEntry(*BuildLogConfigStatement(config), {&log_.registrar});
  log_.registry.Commit(*Apply(log_.registry, entry, *ExamineEntry(entry), 0));
  std::string payload = TestRelease("pkg:generic/acme.example/cam@1");
  EXPECT_EQ(ReasonOf(Admit(log_.registry, TestEntry(payload, {&log_.signing}, false), payload, 1)),
            "PAYLOAD_TOO_LARGE");
}

TEST_F(AdmitTest, WhatIsWrongWithoutThePayload) {
  const auto reason = [this](const Entry& entry, uint64_t index) {
    return ReasonOf(CheckWithoutPayload(log_.registry, entry, index));
  };
  std::string small = TestRelease("pkg:generic/acme.example/cam@1");
  std::string large = small;
  large.resize(kDefaultInlineLimitBytes + 1, ' ');
  const Entry good = TestEntry(large, {&log_.signing}, false);
  EXPECT_EQ(reason(good, 0), "FIRST_ENTRY_NOT_CONFIG");
  EXPECT_EQ(reason(good, 1), "FIRST_ENTRY_NOT_CONFIG");  // there is no log-config yet
  log_.AddVendor();
  EXPECT_EQ(reason(good, 2), "");
  EXPECT_EQ(reason(good, 0), "FIRST_ENTRY_NOT_CONFIG");
  EXPECT_EQ(reason(TestEntry(small, {&log_.signing}, false), 2), "INLINE_RULE");
  EXPECT_EQ(reason(TestEntry(large, {&other_signing_}, false), 2), "KEY_NOT_ENROLLED");
  EXPECT_EQ(reason(TestEntry(large, {&log_.signing, &other_signing_}, false), 2),
            "KEY_NOT_ENROLLED");
  EXPECT_EQ(reason(TestEntry(large, {&log_.root}, false), 2), "KEY_NOT_SIGNING");
  EXPECT_EQ(reason(TestEntry(large, {&log_.registrar}, false), 2), "KEY_NOT_SIGNING");
  EntrySignature signature = good.signatures()[0];
  EXPECT_EQ(reason(*BuildEntry("text/plain", large, {signature}, false), 2),
            "PAYLOAD_TYPE_UNSUPPORTED");
  signature.algorithm = KeyAlgorithm::kEd25519;
  signature.signature = *log_.root.Sign("x");
  EXPECT_EQ(reason(*BuildEntry(kInTotoPayloadType, large, {signature}, false), 2),
            "KEY_ALGORITHM_MISMATCH");
  // What only the payload tells is no business of it.
  std::string outside = TestRelease("pkg:generic/other.example/cam@1");
  outside.resize(kDefaultInlineLimitBytes + 1, ' ');
  EXPECT_EQ(reason(TestEntry(outside, {&log_.signing}, false), 2), "");
  EXPECT_EQ(reason(TestEntry(small, {&other_signing_}), 2), "");
  LogConfig config = log_.Config();
  config.inline_limit_bytes = 100;
  config.max_payload_bytes = 100;
  MemoryRegistry tight{std::string(TestLog::kOrigin)};
  const Entry first = TestEntry(*BuildLogConfigStatement(config), {&log_.registrar});
  tight.Commit(*Apply(tight, first, *ExamineEntry(first), 0));
  EXPECT_EQ(ReasonOf(CheckWithoutPayload(tight, good, 1)), "PAYLOAD_TOO_LARGE");
}

TEST_F(AdmitTest, AlgorithmIsTheKeysOwn) {
  log_.AddVendor();
  std::string payload = TestRelease("pkg:generic/acme.example/cam@1");
  // An Ed25519 signature under the hash of an ECDSA key.
  EntrySignature signature{KeyAlgorithm::kEd25519, log_.signing.public_key().key_hash(),
                           *log_.root.Sign("x")};
  Entry entry = *BuildEntry(kInTotoPayloadType, payload, {signature}, true);
  EXPECT_EQ(ReasonFor(entry, 2), "KEY_ALGORITHM_MISMATCH");
}

TEST_F(AdmitTest, OtherPayloadTypesAreRefused) {
  log_.AddVendor();
  EntrySignature signature{KeyAlgorithm::kEcdsaP256Sha256, log_.signing.public_key().key_hash(),
                           *log_.signing.Sign("x")};
  Entry entry = *BuildEntry("text/plain", "hello", {signature}, true);
  EXPECT_EQ(ReasonFor(entry, 2), "PAYLOAD_TYPE_UNSUPPORTED");
}

}  // namespace
}  // namespace candor
