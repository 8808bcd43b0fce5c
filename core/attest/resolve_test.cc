// SPDX-License-Identifier: Apache-2.0
#include "core/attest/resolve.h"

#include <string>
#include <string_view>
#include <vector>

#include "core/attest/admit.h"
#include "core/attest/testing.h"
#include "core/attest/verify_entry.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

class ResolveTest : public testing::Test {
 protected:
  ResolveTest() { log_.AddVendor(); }

  DsseEnvelope Release(std::string_view purl, const std::vector<const PrivateKey*>& keys) {
    return TestEnvelope(TestRelease(purl), keys);
  }

  // "OK", or the reason of the error, or of the refusal.
  std::string ReasonFor(const DsseEnvelope& envelope, absl::Span<const KeyHash> hints = {}) {
    absl::StatusOr<Resolution> resolution = Resolve(envelope, log_.registry, hints);
    if (!resolution.ok()) return ReasonOf(resolution.status());
    EXPECT_FALSE(resolution->verified_keys.empty());
    EXPECT_EQ(resolution->entry.has_value(), resolution->refusal.ok());
    return resolution->entry ? "OK" : ReasonOf(resolution->refusal);
  }

  const std::string purl_ = "pkg:generic/acme.example/cam@1";
  TestLog log_;
  PrivateKey stranger_ = TestKey(60);
};

TEST_F(ResolveTest, BuildsTheEntryThatIsAdmitted) {
  absl::StatusOr<Resolution> resolution = Resolve(Release(purl_, {&log_.signing}), log_.registry);
  ASSERT_TRUE(resolution.ok()) << resolution.status();
  ASSERT_TRUE(resolution->entry.has_value()) << resolution->refusal;
  EXPECT_TRUE(Admit(log_.registry, *resolution->entry, resolution->content, 2).ok());
  EXPECT_TRUE(VerifyEntrySignatures(*resolution->entry, log_.registry).ok());
}

TEST_F(ResolveTest, TheEntryDoesNotDependOnTheEnvelopesForm) {
  DsseEnvelope envelope = Release(purl_, {&log_.signing});
  std::string canonical = EncodeEntry(*Resolve(envelope, log_.registry)->entry);
  // The same r and s, raw; in DER; without keyid; with a key hint; beside a stranger's signature.
  const std::string raw = Resolve(envelope, log_.registry)->entry->signatures()[0].signature;
  envelope.signatures[0].signature = raw;
  EXPECT_EQ(EncodeEntry(*Resolve(envelope, log_.registry)->entry), canonical);
  auto integer = [](std::string bytes) {
    while (bytes.size() > 1 && bytes[0] == 0 && (bytes[1] & 0x80) == 0) bytes.erase(0, 1);
    if (bytes[0] & 0x80) bytes.insert(0, 1, '\0');
    return std::string("\x02") + static_cast<char>(bytes.size()) + bytes;
  };
  std::string body = integer(raw.substr(0, 32)) + integer(raw.substr(32));
  envelope.signatures[0].signature = std::string("\x30") + static_cast<char>(body.size()) + body;
  EXPECT_EQ(EncodeEntry(*Resolve(envelope, log_.registry)->entry), canonical);
  for (std::string keyid : {"", "SHA256:abc", "7"}) {
    envelope.signatures[0].keyid = keyid;
    EXPECT_EQ(EncodeEntry(*Resolve(envelope, log_.registry)->entry), canonical);
  }
  DsseEnvelope strange = Release(purl_, {&stranger_});
  envelope.signatures.insert(envelope.signatures.begin(), strange.signatures[0]);
  absl::StatusOr<Resolution> resolution = Resolve(envelope, log_.registry);
  EXPECT_EQ(EncodeEntry(*resolution->entry), canonical);
  EXPECT_EQ(resolution->verified_keys.size(), 1u);
}

TEST_F(ResolveTest, KeepsTheExactPayload) {
  std::string payload = " " + TestRelease(purl_) + "\n";
  absl::StatusOr<Resolution> resolution =
      Resolve(TestEnvelope(payload, {&log_.signing}), log_.registry);
  ASSERT_TRUE(resolution.ok()) << resolution.status();
  EXPECT_EQ(*resolution->entry->payload(), payload);
}

TEST_F(ResolveTest, SaysWhyNot) {
  DsseEnvelope over_payload = Release(purl_, {&log_.signing});
  over_payload.signatures[0].signature = *log_.signing.Sign(over_payload.payload);
  DsseEnvelope changed = Release(purl_, {&log_.signing});
  changed.payload = TestRelease("pkg:generic/acme.example/cam@2");
  DsseEnvelope nameless = changed;
  nameless.signatures[0].keyid = "";
  DsseEnvelope garbage = Release(purl_, {&log_.signing});
  garbage.signatures[0].signature = "garbage";
  DsseEnvelope large = TestEnvelope(TestRelease(purl_) + std::string(kDefaultInlineLimitBytes, ' '),
                                    {&log_.signing});
  DsseEnvelope other_type = Release(purl_, {&log_.signing});
  other_type.payload_type = "text/plain";
  const struct {
    std::string_view name;
    DsseEnvelope envelope;
    std::string_view reason;
  } cases[] = {
      {"good", Release(purl_, {&log_.signing}), "OK"},
      {"stranger", Release(purl_, {&stranger_}), "KEY_NOT_ENROLLED"},
      {"stranger for nobody's product", Release("pkg:a/b@1", {&stranger_}), "KEY_NOT_ENROLLED"},
      {"signature over the payload", over_payload, "SIGNATURE_INVALID"},
      {"changed payload", changed, "SIGNATURE_INVALID"},
      {"changed payload, no keyid", nameless, "SIGNATURE_INVALID"},
      {"garbage", garbage, "SIGNATURE_INVALID"},
      {"outside", Release("pkg:generic/other.example/x@1", {&log_.signing}), "PURL_OUTSIDE_SCOPE"},
      {"root", Release(purl_, {&log_.root}), "KEY_NOT_SIGNING"},
      {"registrar", Release(purl_, {&log_.registrar}), "KEY_NOT_SIGNING"},
      {"kind", TestEnvelope(TestStatement("https://spdx.dev/Document", "{}"), {&log_.signing}),
       "PREDICATE_NOT_GRANTED"},
      {"unnamed", TestEnvelope(TestStatement(kReleaseType, "{}"), {&log_.signing}),
       "UNNAMED_NOT_GRANTED"},
      {"too large", large, "PAYLOAD_TOO_LARGE"},
      {"payload type", other_type, "PAYLOAD_TYPE_UNSUPPORTED"},
      {"not JSON", TestEnvelope("hello", {&log_.signing}), "JSON_INVALID"},
  };
  for (const auto& each : cases) EXPECT_EQ(ReasonFor(each.envelope), each.reason) << each.name;
}

TEST_F(ResolveTest, DropsWhatIsNotAccepted) {
  absl::StatusOr<Resolution> resolution =
      Resolve(Release(purl_, {&log_.root, &log_.signing, &stranger_}), log_.registry);
  ASSERT_TRUE(resolution.ok()) << resolution.status();
  EXPECT_EQ(resolution->verified_keys.size(), 2u);
  ASSERT_EQ(resolution->entry->signatures().size(), 1u);
  EXPECT_EQ(resolution->entry->signatures()[0].key, log_.signing.public_key().key_hash());
}

TEST_F(ResolveTest, AssessorsAreFoundByKeyIdOrHint) {
  PrivateKey root = TestKey(70);
  PrivateKey signing = TestKey(71);
  const std::string report = "urn:candor:predicate:audit-report:v1";
  ParticipantKeyset lab =
      log_.Keyset("lab.example", root, signing, Role::kAssessor, TestScope({report}, {}, true));
  ASSERT_TRUE(ReplayEntry(log_.registry, log_.KeysetEntry(lab, {&root, &signing}), 2).ok());
  DsseEnvelope envelope = TestEnvelope(TestStatement(report, "{}"), {&signing});
  EXPECT_EQ(ReasonFor(envelope), "OK");
  envelope.signatures[0].keyid = "";
  EXPECT_EQ(ReasonFor(envelope), "KEY_NOT_ENROLLED");
  EXPECT_EQ(ReasonFor(envelope, {signing.public_key().key_hash()}), "OK");
  EXPECT_EQ(ReasonFor(envelope, {root.public_key().key_hash()}), "SIGNATURE_INVALID");
  EXPECT_EQ(ReasonFor(TestEnvelope(TestRelease(purl_), {&signing})), "PREDICATE_NOT_GRANTED");
}

TEST_F(ResolveTest, RegistryEntries) {
  PrivateKey root = TestKey(80);
  PrivateKey signing = TestKey(81);
  ParticipantKeyset keyset =
      log_.Keyset("other.example", root, signing, Role::kVendor,
                  TestScope({std::string(kReleaseType)}, {"pkg:generic/other.example/"}));
  DsseEnvelope envelope = TestEnvelope(*BuildParticipantKeysetStatement(keyset),
                                       {&root, &signing, &log_.registrar, &stranger_});
  for (bool with_keyid : {true, false}) {
    if (!with_keyid) {
      for (DsseSignature& signature : envelope.signatures) signature.keyid = "";
    }
    absl::StatusOr<Resolution> resolution = Resolve(envelope, log_.registry);
    ASSERT_TRUE(resolution.ok()) << resolution.status();
    EXPECT_EQ(resolution->entry->signatures().size(), 3u);
    EXPECT_TRUE(Admit(log_.registry, *resolution->entry, resolution->content, 2).ok());
  }
  TestLog fresh;
  absl::StatusOr<Resolution> config = Resolve(
      TestEnvelope(*BuildLogConfigStatement(fresh.Config()), {&fresh.registrar}), fresh.registry);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_TRUE(Admit(fresh.registry, *config->entry, config->content, 0).ok());
}

TEST_F(ResolveTest, SpendsABoundedNumberOfVerifications) {
  // 31 signatures that fail under the named key, then the good one: the last verification.
  DsseEnvelope envelope = Release(purl_, {&log_.signing});
  DsseSignature good = envelope.signatures[0];
  DsseSignature bad = good;
  bad.signature = *log_.signing.Sign("something else");
  envelope.signatures.assign(kMaxVerifications - 1, bad);
  envelope.signatures.push_back(good);
  EXPECT_EQ(ReasonFor(envelope), "OK");
  envelope.signatures.insert(envelope.signatures.begin(), bad);
  EXPECT_EQ(ReasonFor(envelope), "SIGNATURE_INVALID");
}

TEST_F(ResolveTest, RefusesMoreAcceptedSignaturesThanAnEntryHolds) {
  TestLog log;
  log.AddConfig();
  std::vector<PrivateKey> keys;
  for (uint32_t i = 0; i < kMaxKeysetKeys; ++i) keys.push_back(TestKey(100 + i));
  ParticipantKeyset keyset = log.Keyset("big.example", keys[0], keys[1], Role::kVendor,
                                        TestScope({std::string(kReleaseType)}, {"pkg:a/b/"}));
  std::vector<const PrivateKey*> signers = {&log.registrar};
  for (const PrivateKey& key : keys) signers.push_back(&key);
  for (size_t i = 2; i < keys.size(); ++i) keyset.roots.push_back(keys[i].public_key());
  std::string payload = *BuildParticipantKeysetStatement(keyset);
  EXPECT_TRUE(Resolve(TestEnvelope(payload, signers), log.registry)->entry.has_value());
  signers.push_back(&log.second_registrar);
  absl::StatusOr<Resolution> resolution = Resolve(TestEnvelope(payload, signers), log.registry);
  ASSERT_TRUE(resolution.ok()) << resolution.status();
  EXPECT_EQ(ReasonOf(resolution->refusal), "TOO_MANY_SIGNATURES");
}

}  // namespace
}  // namespace candor
