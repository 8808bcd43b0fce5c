// SPDX-License-Identifier: Apache-2.0
#include "core/attest/registry_entries.h"

#include <string>
#include <string_view>

#include "core/attest/json.h"
#include "core/attest/testing.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

Statement Parsed(const Json& json) {
  absl::StatusOr<Statement> statement = ParseStatement(json.dump(), 1 << 20);
  EXPECT_TRUE(statement.ok()) << statement.status();
  return *std::move(statement);
}

// One change of a good statement: what is at `pointer` becomes `value` ("" removes it).
struct Change {
  std::string_view pointer;
  std::string_view value;
  std::string_view reason;
};

Json Changed(Json json, const Change& change) {
  Json::json_pointer pointer{std::string(change.pointer)};
  if (change.value.empty()) {
    json = json.patch(Json::array({{{"op", "remove"}, {"path", change.pointer}}}));
  } else {
    json[pointer] = Json::parse(change.value);
  }
  return json;
}

TEST(LogConfigTest, BuildsAndParses) {
  TestLog log;
  LogConfig config = log.Config();
  config.inline_limit_bytes = 100;
  config.max_payload_bytes = 200;
  config.registrar_threshold = 2;
  absl::StatusOr<std::string> payload = BuildLogConfigStatement(config);
  ASSERT_TRUE(payload.ok()) << payload.status();
  EXPECT_EQ(*payload, *BuildLogConfigStatement(config));
  absl::StatusOr<LogConfig> parsed = ParseLogConfig(Parsed(Json::parse(*payload)));
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->origin, TestLog::kOrigin);
  EXPECT_EQ(parsed->registrar_keys, config.registrar_keys);
  EXPECT_EQ(parsed->state_keys, config.state_keys);
  EXPECT_EQ(parsed->registrar_threshold, 2u);
  EXPECT_EQ(parsed->inline_limit_bytes, 100u);
  EXPECT_EQ(parsed->max_payload_bytes, 200u);
}

TEST(LogConfigTest, RefusesBadInput) {
  TestLog log;
  const Json good = Json::parse(*BuildLogConfigStatement(log.Config()));
  ASSERT_TRUE(ParseLogConfig(Parsed(good)).ok());
  const std::string state_key = good["predicate"]["stateKeys"][0].dump();
  const Change changes[] = {
      {"/_type", R"("https://in-toto.io/Statement/v0.1")", "REGISTRY_ENTRY_INVALID"},
      {"/subject/0/name", R"("other.example")", "REGISTRY_ENTRY_INVALID"},
      {"/subject/0/uri", R"("u")", "REGISTRY_ENTRY_INVALID"},
      {"/subject/0/digest/sha1", R"("u")", "REGISTRY_ENTRY_INVALID"},
      {"/subject/1", R"({"digest":{"x":"y"}})", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/log", R"("other.example")", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/log", R"("a b")", "ORIGIN_INVALID"},
      {"/predicate/log", "", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/version", "2", "UNSUPPORTED_VERSION"},
      {"/predicate/version", "0", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/version", "\"1\"", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/version", "1.0", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/rules", "2", "UNSUPPORTED_RULES"},
      {"/predicate/rules", "", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/treshold", "1", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/registrar/threshold", "0", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/registrar/threshold", "3", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/registrar/keys", "[]", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/registrar/other", "1", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/registrar/keys/0/other", "1", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/registrar/keys/0/alg", R"("ecdsa-p256-sha256")", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/registrar/keys/0/alg", R"("ml-dsa-44")", "UNSUPPORTED_ALGORITHM"},
      {"/predicate/registrar/keys/0/spki", R"("MCow...")", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/registrar/keys/0/spki", R"("AAAA")", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/registrar/keys/0/keyhash", "", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/registrar/keys/0", state_key, "REGISTRY_ENTRY_INVALID"},
      {"/predicate/stateKeys", "", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/inlineLimitBytes", "63001", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/inlineLimitBytes", "-1", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/maxPayloadBytes", "16383", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/maxPayloadBytes", "1073741825", "REGISTRY_ENTRY_INVALID"},
  };
  for (const Change& change : changes) {
    absl::Status status = ParseLogConfig(Parsed(Changed(good, change))).status();
    EXPECT_EQ(ReasonOf(status), change.reason) << change.pointer << change.value << ": " << status;
  }
  Json wrong_hash = good;
  wrong_hash["predicate"]["registrar"]["keys"][0]["keyhash"] = std::string(64, '1');
  EXPECT_EQ(ReasonOf(ParseLogConfig(Parsed(wrong_hash)).status()), "REGISTRY_ENTRY_INVALID");
}

TEST(LogConfigTest, DoesNotBuildWhatItWouldNotParse) {
  TestLog log;
  LogConfig config = log.Config();
  config.registrar_threshold = 3;
  EXPECT_FALSE(BuildLogConfigStatement(config).ok());
  config = log.Config();
  config.registrar_keys.clear();
  EXPECT_FALSE(BuildLogConfigStatement(config).ok());
}

TEST(KeysetTest, BuildsAndParses) {
  TestLog log;
  ParticipantKeyset keyset = log.VendorKeyset();
  keyset.contact = "mailto:psirt@acme.example";
  absl::StatusOr<std::string> payload = BuildParticipantKeysetStatement(keyset);
  ASSERT_TRUE(payload.ok()) << payload.status();
  absl::StatusOr<ParticipantKeyset> parsed = ParseParticipantKeyset(Parsed(Json::parse(*payload)));
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->participant, "acme.example");
  EXPECT_EQ(parsed->roots, keyset.roots);
  EXPECT_EQ(parsed->grant, keyset.grant);
  ASSERT_EQ(parsed->keys.size(), 1u);
  EXPECT_EQ(parsed->keys[0].scope, keyset.keys[0].scope);
  EXPECT_EQ(parsed->contact, keyset.contact);
  EXPECT_EQ(KeysetKeys(*parsed).size(), 2u);
}

TEST(KeysetTest, RefusesBadInput) {
  TestLog log;
  const Json good = Json::parse(*BuildParticipantKeysetStatement(log.VendorKeyset()));
  const std::string root = good["predicate"]["roots"][0].dump();
  const Change changes[] = {
      {"/subject/0/name", R"("other.example")", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/log", R"("a+b")", "ORIGIN_INVALID"},
      {"/predicate/participant", R"("Acme.example")", "PARTICIPANT_INVALID"},
      {"/predicate/participant", R"("other.example")", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/version", "2", "UNSUPPORTED_VERSION"},
      {"/predicate/previous", R"({"sha256":"00"})", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/threshold", "0", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/threshold", "2", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/roots", "[]", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/roots/1", root, "REGISTRY_ENTRY_INVALID"},
      {"/predicate/keys", "[]", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/keys", "", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/keys/0/purlPrefixes", R"(["pkg:generic/"])", "PURL_PREFIX_TOO_BROAD"},
      {"/predicate/keys/0/purlPrefixes", R"(["pkg:generic/acme.example"])", "SCOPE_EXCEEDS_GRANT"},
      {"/predicate/keys/0/purlPrefixes", R"(["pkg:generic/other/"])", "SCOPE_EXCEEDS_GRANT"},
      {"/predicate/keys/0/purlPrefixes", "[]", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/keys/0/purlPrefixes", "[1]", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/keys/0/unnamed", "true", "SCOPE_EXCEEDS_GRANT"},
      {"/predicate/keys/0/unnamed", "1", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/keys/0/predicates", "[]", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/keys/0/predicates", R"(["x"])", "PREDICATE_UNKNOWN"},
      {"/predicate/keys/0/predicates", R"(["https://spdx.dev/Document"])", "SCOPE_EXCEEDS_GRANT"},
      {"/predicate/grant", "", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/grant/role", R"("king")", "ROLE_UNKNOWN"},
      {"/predicate/grant/role", R"("assessor")", "PREDICATE_NOT_FOR_ROLE"},
      {"/predicate/grant/other", "1", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/grant/purlPrefixes", R"(["pkg:deb"])", "PURL_PREFIX_TOO_BROAD"},
      {"/predicate/grant/purlPrefixes", R"(["pkg:"])", "PURL_INVALID"},
      {"/predicate/grant/purlPrefixes", R"(["pkg:generic/a/","pkg:generic/a/"])",
       "REGISTRY_ENTRY_INVALID"},
      {"/predicate/grant/purlPrefixes", "[]", "REGISTRY_ENTRY_INVALID"},
      {"/predicate/grant/predicates", R"(["urn:candor:predicate:security-label:v1"])",
       "PREDICATE_NOT_FOR_ROLE"},
      {"/predicate/grant/predicates", R"(["urn:candor:predicate:log-config:v1"])",
       "PREDICATE_NOT_FOR_ROLE"},
      {"/predicate/contact", "1", "REGISTRY_ENTRY_INVALID"},
  };
  for (const Change& change : changes) {
    absl::Status status = ParseParticipantKeyset(Parsed(Changed(good, change))).status();
    EXPECT_EQ(ReasonOf(status), change.reason) << change.pointer << change.value << ": " << status;
  }
}

TEST(KeysetTest, BoundsTheKeys) {
  TestLog log;
  ParticipantKeyset keyset = log.VendorKeyset();
  for (uint32_t i = 100; keyset.roots.size() + keyset.keys.size() < kMaxKeysetKeys; ++i) {
    keyset.roots.push_back(TestKey(i).public_key());
  }
  EXPECT_TRUE(BuildParticipantKeysetStatement(keyset).ok());
  keyset.roots.push_back(TestKey(200).public_key());
  EXPECT_EQ(ReasonOf(BuildParticipantKeysetStatement(keyset).status()), "REGISTRY_ENTRY_INVALID");
}

TEST(KeysetTest, AssessorsWithoutPrefixesMaySpeakAboutAnyProduct) {
  TestLog log;
  const std::string report = "urn:candor:predicate:audit-report:v1";
  ParticipantKeyset keyset =
      log.Keyset("lab.example", log.root, log.signing, Role::kAssessor, TestScope({report}, {}));
  absl::StatusOr<ParticipantKeyset> parsed =
      ParseParticipantKeyset(Parsed(Json::parse(*BuildParticipantKeysetStatement(keyset))));
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_TRUE(parsed->grant.scope.any_product);
  EXPECT_TRUE(parsed->keys[0].scope.any_product);
  // A grant with prefixes is a bound that an empty list would exceed.
  keyset.grant.scope = TestScope({report}, {"pkg:generic/a/"});
  EXPECT_EQ(ReasonOf(BuildParticipantKeysetStatement(keyset).status()), "SCOPE_EXCEEDS_GRANT");
}

}  // namespace
}  // namespace candor
