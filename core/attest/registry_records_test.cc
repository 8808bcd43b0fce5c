// SPDX-License-Identifier: Apache-2.0
#include "core/attest/registry_records.h"

#include <string>
#include <vector>

#include "core/attest/testing.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

KeyHash HashOf(std::string_view text) { return KeyHash{Sha256(text)}; }

// Every strict prefix of an encoding is corrupt, and so is anything behind it.
template <typename Decode>
void ExpectStrict(const std::string& bytes, Decode decode) {
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_EQ(ReasonOf(decode(bytes.substr(0, length)).status()), "REGISTRY_CORRUPT") << length;
  }
  EXPECT_EQ(ReasonOf(decode(bytes + "x").status()), "REGISTRY_CORRUPT");
  std::string other_format = bytes;
  other_format[0] = 2;
  EXPECT_EQ(ReasonOf(decode(other_format).status()), "REGISTRY_CORRUPT");
}

TEST(RegistryRecordsTest, LogConfig) {
  LogConfigRecord record{.index = 7,
                         .entry_hash = Sha256("e"),
                         .version = 1,
                         .rules = 1,
                         .registrar_threshold = 2,
                         .registrar_keys = {HashOf("a"), HashOf("b")},
                         .state_keys = {HashOf("c")},
                         .inline_limit_bytes = 8,
                         .max_payload_bytes = 9};
  std::string bytes = EncodeLogConfigRecord(record);
  absl::StatusOr<LogConfigRecord> decoded = DecodeLogConfigRecord(bytes);
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(EncodeLogConfigRecord(*decoded), bytes);
  EXPECT_EQ(decoded->registrar_keys, record.registrar_keys);
  EXPECT_EQ(decoded->max_payload_bytes, 9u);
  ExpectStrict(bytes, DecodeLogConfigRecord);
}

TEST(RegistryRecordsTest, Key) {
  KeyRecord record;
  record.spki = TestKey(1).public_key().spki();
  record.index = 3;
  record.participant = "acme.example";
  record.scope = TestScope({"a", "b"}, {"pkg:generic/x/"}, true);
  for (bool revoked : {false, true}) {
    if (revoked) record.revoked_at = 9;
    std::string bytes = EncodeKeyRecord(record);
    absl::StatusOr<KeyRecord> decoded = DecodeKeyRecord(bytes);
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_EQ(EncodeKeyRecord(*decoded), bytes);
    EXPECT_EQ(decoded->scope, record.scope);
    EXPECT_EQ(decoded->revoked_at, record.revoked_at);
    EXPECT_EQ(*decoded->public_key(), TestKey(1).public_key());
    ExpectStrict(bytes, DecodeKeyRecord);
  }
  record.spki = "x";
  EXPECT_EQ(ReasonOf(record.public_key().status()), "REGISTRY_CORRUPT");
}

TEST(RegistryRecordsTest, Participant) {
  ParticipantRecord record;
  record.roots = {HashOf("r")};
  record.keys = {HashOf("k")};
  record.grant = {Role::kAuthority, TestScope({"a"}, {"pkg:generic/x/"})};
  record.contact = "c";
  std::string bytes = EncodeParticipantRecord(record);
  absl::StatusOr<ParticipantRecord> decoded = DecodeParticipantRecord(bytes);
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(EncodeParticipantRecord(*decoded), bytes);
  EXPECT_EQ(decoded->grant, record.grant);
  ExpectStrict(bytes, DecodeParticipantRecord);
}

TEST(RegistryRecordsTest, VendorRowKeysFollowWholeSegments) {
  std::string deb = VendorRowKey("deb", std::vector<std::string>{"debian"}, "");
  EXPECT_TRUE(VendorRowKey("deb", std::vector<std::string>{"debian", "curl"}, "").starts_with(deb));
  EXPECT_FALSE(VendorRowKey("deb", std::vector<std::string>{"debianx"}, "").starts_with(deb));
  EXPECT_FALSE(VendorRowKey("deb", std::vector<std::string>{"debian"}, "i=1").starts_with(deb));
  EXPECT_NE(VendorRowKey("a", std::vector<std::string>{"b", "c"}, ""),
            VendorRowKey("a", std::vector<std::string>{"b/c"}, ""));
}

}  // namespace
}  // namespace candor
