// SPDX-License-Identifier: Apache-2.0
#include "core/attest/content.h"

#include <string>
#include <string_view>

#include "core/attest/dsse.h"
#include "core/attest/testing.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

TEST(ContentTest, OfAProductStatement) {
  std::string payload = TestRelease("pkg:generic/acme.example/cam@1");
  absl::StatusOr<EntryContent> content = ExamineContent(kInTotoPayloadType, payload);
  ASSERT_TRUE(content.ok()) << content.status();
  EXPECT_EQ(content->kind, PredicateKind::kRelease);
  EXPECT_EQ(content->statement_id, StatementId(kInTotoPayloadType, payload));
  ASSERT_EQ(content->purls.size(), 1u);
  EXPECT_EQ(content->purls[0].ToString(), "pkg:generic/acme.example/cam@1");
  EXPECT_FALSE(content->log_config.has_value());
}

TEST(ContentTest, OfRegistryEntries) {
  TestLog log;
  absl::StatusOr<EntryContent> config = ExamineEntry(log.ConfigEntry());
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_TRUE(config->log_config.has_value());
  absl::StatusOr<EntryContent> keyset =
      ExamineEntry(log.KeysetEntry(log.VendorKeyset(), {&log.root, &log.signing}));
  ASSERT_TRUE(keyset.ok()) << keyset.status();
  EXPECT_TRUE(keyset->keyset.has_value());
}

TEST(ContentTest, RefusesWhatCanNotBeLogged) {
  EXPECT_EQ(ReasonOf(ExamineContent("application/json", TestRelease("pkg:a/b@1")).status()),
            "PAYLOAD_TYPE_UNSUPPORTED");
  EXPECT_EQ(ReasonOf(ExamineContent(kInTotoPayloadType, "hello").status()), "JSON_INVALID");
  EXPECT_EQ(ReasonOf(ExamineContent(kInTotoPayloadType, TestStatement("urn:x", "{}")).status()),
            "PREDICATE_UNKNOWN");
}

TEST(ContentTest, LaterKindsAreUnsupported) {
  for (std::string_view kind :
       {"grant", "key-revocation", "withdraw", "supersede", "registry-state", "content-removal"}) {
    absl::Status status =
        ExamineContent(kInTotoPayloadType,
                       TestStatement("urn:candor:predicate:" + std::string(kind) + ":v1", "{}"))
            .status();
    EXPECT_EQ(ReasonOf(status), "UNSUPPORTED_KIND") << kind;
    EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented) << kind;
  }
}

TEST(ContentTest, OfDetachedPayloads) {
  PrivateKey key = TestKey(1);
  std::string payload = TestRelease("pkg:a/b@1");
  Entry entry = TestEntry(payload, {&key}, false);
  EXPECT_EQ(ReasonOf(ExamineEntry(entry).status()), "PAYLOAD_MISSING");
  EXPECT_TRUE(ExamineEntry(entry, payload).ok());
  EXPECT_EQ(ReasonOf(ExamineEntry(entry, payload + " ").status()), "PAYLOAD_MISMATCH");
}

}  // namespace
}  // namespace candor
