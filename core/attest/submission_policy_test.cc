// SPDX-License-Identifier: Apache-2.0
#include "core/attest/submission_policy.h"

#include <string>
#include <string_view>

#include "core/attest/dsse.h"
#include "core/attest/json.h"
#include "core/attest/statement_builder.h"
#include "core/attest/testing.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

absl::Status Check(std::string_view type, std::string_view predicate) {
  return CheckSubmission(*ExamineContent(kInTotoPayloadType, TestStatement(type, predicate)));
}

TEST(SubmissionPolicyTest, Releases) {
  EXPECT_TRUE(Check(kReleaseType, R"({"purl":"pkg:a/b@1","releaseId":"7"})").ok());
  const struct {
    std::string_view predicate;
    std::string_view field;
  } cases[] = {
      {"{}", "predicate.purl"},
      {R"({"purl":"pkg:a/b"})", "predicate.purl"},
      {R"({"purl":"pkg:a/b@1","releaseId":7})", "predicate.releaseId"},
      {R"({"purl":"pkg:a/b@1","packageId":{}})", "predicate.packageId"},
  };
  for (const auto& each : cases) {
    absl::Status status = Check(kReleaseType, each.predicate);
    EXPECT_EQ(ReasonOf(status), "POLICY_FIELD_INVALID") << each.predicate;
    EXPECT_TRUE(std::string(status.message()).starts_with(each.field)) << status;
  }
}

TEST(SubmissionPolicyTest, SubjectsNeedAStrongDigest) {
  const Json predicate = Json::object();
  for (std::string algorithm : {"sha256", "sha384", "sha512", "purlSha256", "sha1", "gitCommit"}) {
    std::string value(algorithm == "sha384" ? 96 : algorithm == "sha512" ? 128 : 64, 'a');
    std::string payload = *BuildStatement({Subject{"a", "", {{algorithm, value}}}},
                                          "https://spdx.dev/Document", predicate);
    bool strong = algorithm != "sha1" && algorithm != "gitCommit";
    EXPECT_EQ(CheckSubmission(*ExamineContent(kInTotoPayloadType, payload)).ok(), strong)
        << algorithm;
  }
}

TEST(SubmissionPolicyTest, LeavesRegistryEntriesToAdmit) {
  TestLog log;
  EXPECT_TRUE(CheckSubmission(*ExamineEntry(log.ConfigEntry())).ok());
}

}  // namespace
}  // namespace candor
