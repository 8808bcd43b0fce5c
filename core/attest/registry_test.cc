// SPDX-License-Identifier: Apache-2.0
#include "core/attest/registry.h"

#include <optional>
#include <string>

#include "core/attest/testing.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

TEST(RegistryTest, EmptyBeforeTheFirstEntry) {
  TestLog log;
  EXPECT_FALSE(log.registry.FindLogConfig()->has_value());
  EXPECT_FALSE(log.registry.FindKey(log.root.public_key().key_hash())->has_value());
  EXPECT_FALSE(log.registry.FindParticipant("acme.example")->has_value());
  EXPECT_FALSE(log.registry.FindVendor(*Purl::Parse("pkg:a/b"))->has_value());
}

TEST(RegistryTest, KnowsTheConfiguration) {
  TestLog log;
  log.AddConfig();
  std::optional<LogConfigRecord> config = *log.registry.FindLogConfig();
  ASSERT_TRUE(config.has_value());
  EXPECT_EQ(config->index, 0u);
  EXPECT_EQ(config->entry_hash, Sha256(EncodeEntry(log.ConfigEntry())));
  EXPECT_EQ(config->registrar_keys.size(), 2u);
  EXPECT_EQ(config->inline_limit_bytes, kDefaultInlineLimitBytes);
  std::optional<KeyRecord> registrar = *log.registry.FindKey(log.registrar.public_key().key_hash());
  ASSERT_TRUE(registrar.has_value());
  EXPECT_EQ(registrar->use, KeyUse::kRegistrar);
  EXPECT_EQ(log.registry.FindKey(log.state.public_key().key_hash())->value().use, KeyUse::kState);
}

TEST(RegistryTest, KnowsParticipantsKeysAndPrefixes) {
  TestLog log;
  log.AddVendor();
  std::optional<ParticipantRecord> vendor = *log.registry.FindParticipant("acme.example");
  ASSERT_TRUE(vendor.has_value());
  EXPECT_EQ(vendor->index, 1u);
  EXPECT_EQ(vendor->grant.role, Role::kVendor);
  std::optional<KeyRecord> key = *log.registry.FindKey(log.signing.public_key().key_hash());
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(key->use, KeyUse::kSigning);
  EXPECT_EQ(key->participant, "acme.example");
  EXPECT_EQ(*key->public_key(), log.signing.public_key());
  EXPECT_EQ(log.registry.FindKey(log.root.public_key().key_hash())->value().use, KeyUse::kRoot);
  EXPECT_EQ(**log.registry.FindVendor(*Purl::Parse("pkg:generic/acme.example/a/b@1")),
            "acme.example");
  EXPECT_FALSE(log.registry.FindVendor(*Purl::Parse("pkg:generic/acme.example2/a"))->has_value());
}

TEST(RegistryTest, FindsOverlapsEitherWay) {
  TestLog log;
  log.AddVendor();
  for (std::string_view overlapping :
       {"pkg:generic/acme.example/", "pkg:generic/acme.example", "pkg:generic/acme.example/cam"}) {
    EXPECT_TRUE(log.registry.FindOverlappingVendor(*PurlPrefix::Parse(overlapping))->has_value())
        << overlapping;
  }
  for (std::string_view apart :
       {"pkg:generic/acme.example2/", "pkg:generic/acme/", "pkg:deb/acme.example/",
        "pkg:generic/acme.example/?repository_url=x"}) {
    EXPECT_FALSE(log.registry.FindOverlappingVendor(*PurlPrefix::Parse(apart))->has_value())
        << apart;
  }
}

TEST(RegistryTest, ApplyKeepsTheFirstIndexOfAKey) {
  TestLog log;
  log.AddVendor();
  Entry entry = TestEntry(TestRelease("pkg:generic/acme.example/cam@1"), {&log.signing});
  EntryContent content = *ExamineEntry(entry);
  absl::StatusOr<RegistryDelta> delta = Apply(log.registry, entry, content, 2);
  ASSERT_TRUE(delta.ok()) << delta.status();
  EXPECT_TRUE(delta->rows.empty());
  ASSERT_EQ(delta->logged.size(), 1u);
  EXPECT_EQ(delta->logged[0].index, 2u);
  log.registry.Commit(*delta);
  EXPECT_TRUE(Apply(log.registry, entry, content, 3)->logged.empty());
}

TEST(RegistryTest, ApplyRefusesForeignContent) {
  TestLog log;
  log.AddVendor();
  EntryContent content = *ExamineEntry(log.ConfigEntry());
  Entry other = TestEntry(TestRelease("pkg:generic/acme.example/cam@1"), {&log.signing});
  EXPECT_EQ(ReasonOf(Apply(log.registry, other, content, 2).status()), "PAYLOAD_MISMATCH");
}

TEST(RegistryTest, SaysWhenARowIsDamaged) {
  TestLog log;
  log.AddVendor();
  KeyHash key = log.signing.public_key().key_hash();
  log.registry.Commit({.rows = {{KeyRowKey(key), "x"}}, .logged = {}});
  absl::Status status = log.registry.FindKey(key).status();
  EXPECT_EQ(ReasonOf(status), "REGISTRY_CORRUPT");
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace candor
