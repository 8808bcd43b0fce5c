// SPDX-License-Identifier: Apache-2.0
#include "core/attest/statement_purls.h"

#include <string>
#include <string_view>
#include <vector>

#include "core/attest/json.h"
#include "core/attest/testing.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

absl::StatusOr<std::vector<std::string>> PurlsOf(std::string_view type, std::string_view predicate,
                                                 std::string name = "", std::string uri = "") {
  absl::StatusOr<Statement> statement = ParseStatement(TestStatement(type, predicate), 1 << 20);
  if (!statement.ok()) return statement.status();
  statement->subjects.push_back({std::move(name), std::move(uri), {{"x", "y"}}});
  absl::StatusOr<std::vector<Purl>> purls = StatementPurls(*statement, *KindOfPredicate(type));
  if (!purls.ok()) return purls.status();
  std::vector<std::string> texts;
  for (const Purl& purl : *purls) texts.push_back(purl.ToString());
  return texts;
}

TEST(StatementPurlsTest, FindsWhatTheTableNames) {
  using Texts = std::vector<std::string>;
  const struct {
    std::string_view type;
    std::string_view predicate;
    Texts purls;
  } cases[] = {
      {kReleaseType, R"({"purl":"pkg:deb/Debian/a@1"})", {"pkg:deb/debian/a@1"}},
      {kReleaseType, R"({})", {}},
      {"urn:candor:predicate:support-period:v1", R"({"purl":"pkg:a/b"})", {"pkg:a/b"}},
      {"https://slsa.dev/verification_summary/v1", R"({"resourceUri":"pkg:a/b"})", {"pkg:a/b"}},
      {"https://slsa.dev/verification_summary/v1", R"({"resourceUri":"https://x"})", {}},
      {"https://cyclonedx.org/bom",
       R"({"metadata":{"component":{"purl":"pkg:a/b"}},"components":[{"purl":"pkg:a/dep"}]})",
       {"pkg:a/b"}},
      {"https://cyclonedx.org/bom", R"({"metadata":{"component":{"name":"x"}}})", {}},
      {"https://openvex.dev/ns/v0.2.0",
       R"({"statements":[{"products":[{"@id":"pkg:a/b","subcomponents":[{"@id":"pkg:a/dep"}]},
           {"@id":"https://x","identifiers":{"purl":"pkg:a/c"}},"pkg:a/d",{"@id":"pkg:a/b"}]},
           {"status":"fixed"}]})",
       {"pkg:a/b", "pkg:a/c", "pkg:a/d"}},
      {"urn:candor:predicate:security-label:v1",
       R"({"scope":{"firmware":["pkg:a/b@2"]}})",
       {"pkg:a/b@2"}},
      // The scanner is not what a scan is about.
      {"https://in-toto.io/attestation/vulns/v0.2", R"({"scanner":{"uri":"pkg:a/scanner"}})", {}},
      {"https://slsa.dev/provenance/v1",
       R"({"buildDefinition":{"resolvedDependencies":[{"uri":"pkg:a/dep"}]}})",
       {}},
  };
  for (const auto& each : cases) {
    absl::StatusOr<Texts> purls = PurlsOf(each.type, each.predicate);
    ASSERT_TRUE(purls.ok()) << each.predicate << ": " << purls.status();
    EXPECT_EQ(*purls, each.purls) << each.predicate;
  }
}

TEST(StatementPurlsTest, FindsSubjects) {
  absl::StatusOr<std::vector<std::string>> purls =
      PurlsOf(kReleaseType, R"({"purl":"pkg:a/b@1"})", "pkg:npm/%40c/d@2", "pkg:a/b@1");
  ASSERT_TRUE(purls.ok()) << purls.status();
  EXPECT_EQ(*purls, (std::vector<std::string>{"pkg:a/b@1", "pkg:npm/%40c/d@2"}));
}

TEST(StatementPurlsTest, RefusesWhatClaimsToBeAPurlAndIsNot) {
  const struct {
    std::string_view type;
    std::string_view predicate;
  } cases[] = {
      {kReleaseType, R"({"purl":"acme-1.0"})"},
      {kReleaseType, R"({"purl":1})"},
      {kReleaseType, R"({"purl":"pkg:a/../b"})"},
      {"https://slsa.dev/verification_summary/v1", R"({"resourceUri":"PKG:a/%2e%2e/b"})"},
      {"https://slsa.dev/verification_summary/v1", R"({"resourceUri":["pkg:a/b"]})"},
      {"https://cyclonedx.org/bom", R"({"metadata":{"component":{"purl":"x"}}})"},
      {"https://openvex.dev/ns", R"({"statements":[{"products":[{"@id":"pkg:a"}]}]})"},
      {"urn:candor:predicate:security-label:v1", R"({"scope":{"firmware":"pkg:a/b"}})"},
      {"urn:candor:predicate:security-label:v1", R"({"scope":{"firmware":[1]}})"},
      {"urn:candor:predicate:security-label:v1", R"({"scope":{"firmware":["x"]}})"},
  };
  for (const auto& each : cases) {
    absl::Status status = PurlsOf(each.type, each.predicate).status();
    EXPECT_EQ(ReasonOf(status), "PURL_INVALID") << each.predicate << ": " << status;
  }
  EXPECT_EQ(ReasonOf(PurlsOf(kReleaseType, "{}", "pkg:a%2Fb/c/..").status()), "PURL_INVALID");
  EXPECT_EQ(ReasonOf(PurlsOf(kReleaseType, "{}", "", "pkg:nothing").status()), "PURL_INVALID");
}

TEST(StatementPurlsTest, BoundsTheNumber) {
  std::string products = "\"pkg:a/0\"";
  for (size_t i = 1; i < kMaxStatementPurls; ++i)
    products += ",\"pkg:a/" + std::to_string(i) + "\"";
  std::string predicate = R"({"statements":[{"products":[)" + products;
  EXPECT_TRUE(PurlsOf("https://openvex.dev/ns", predicate + ",\"pkg:a/1\"]}]}").ok());
  EXPECT_EQ(ReasonOf(PurlsOf("https://openvex.dev/ns", predicate + ",\"pkg:b/1\"]}]}").status()),
            "TOO_MANY_PURLS");
}

}  // namespace
}  // namespace candor
