// SPDX-License-Identifier: Apache-2.0
#include "core/attest/statement_builder.h"

#include <string>

#include "core/attest/content.h"
#include "core/attest/dsse.h"
#include "core/attest/json.h"
#include "core/attest/submission_policy.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

Subject File() { return {"a.img", "", {{"sha256", std::string(64, 'a')}}}; }

TEST(StatementBuilderTest, ReleaseIsDeterministicAndPassesThePolicy) {
  absl::StatusOr<std::string> payload =
      BuildReleaseStatement({File()}, "pkg:GENERIC/acme.example/cam@1");
  ASSERT_TRUE(payload.ok()) << payload.status();
  EXPECT_EQ(*payload, R"({"_type":"https://in-toto.io/Statement/v1","predicate":)"
                      R"({"purl":"pkg:generic/acme.example/cam@1"},"predicateType":)"
                      R"("https://in-toto.io/attestation/release/v0.1","subject":)"
                      R"([{"digest":{"sha256":")" +
                          std::string(64, 'a') + R"("},"name":"a.img"}]})");
  absl::StatusOr<EntryContent> content = ExamineContent(kInTotoPayloadType, *payload);
  ASSERT_TRUE(content.ok()) << content.status();
  EXPECT_TRUE(CheckSubmission(*content).ok());
}

TEST(StatementBuilderTest, RefusesBadReleases) {
  Subject weak{"a.img", "", {{"sha1", "aa"}}};
  Subject not_utf8{"\xFF", "", {{"sha256", std::string(64, 'a')}}};
  EXPECT_EQ(ReasonOf(BuildReleaseStatement({File()}, "pkg:generic/a").status()),
            "POLICY_FIELD_INVALID");
  EXPECT_EQ(ReasonOf(BuildReleaseStatement({File()}, "acme-1.0").status()), "PURL_INVALID");
  EXPECT_EQ(ReasonOf(BuildReleaseStatement({weak}, "pkg:generic/a@1").status()),
            "POLICY_FIELD_INVALID");
  EXPECT_EQ(ReasonOf(BuildReleaseStatement({}, "pkg:generic/a@1").status()), "STATEMENT_INVALID");
  EXPECT_EQ(ReasonOf(BuildReleaseStatement({not_utf8}, "pkg:generic/a@1").status()),
            "JSON_NOT_UTF8");
}

TEST(StatementBuilderTest, RefusesAPredicateThatIsNoObject) {
  EXPECT_EQ(ReasonOf(BuildStatement({File()}, "p", Json::array()).status()), "STATEMENT_INVALID");
}

}  // namespace
}  // namespace candor
