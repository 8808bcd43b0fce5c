// SPDX-License-Identifier: Apache-2.0
#include "core/attest/scope.h"

#include <string>
#include <vector>

#include "core/attest/testing.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

const std::string kRelease(kReleaseType);

std::string CheckReason(const Scope& scope, PredicateKind kind, std::vector<std::string> purls) {
  std::vector<Purl> parsed;
  for (const std::string& purl : purls) parsed.push_back(*Purl::Parse(purl));
  return ReasonOf(CheckScope(scope, kind, parsed));
}

TEST(ScopeTest, CoversKindAndEveryPurl) {
  Scope scope = TestScope({kRelease, "https://openvex.dev/ns"}, {"pkg:a/x/", "pkg:b/y"});
  EXPECT_EQ(CheckReason(scope, PredicateKind::kRelease, {"pkg:a/x/1"}), "");
  EXPECT_EQ(CheckReason(scope, PredicateKind::kOpenVex, {"pkg:a/x/1", "pkg:b/y@2"}), "");
  EXPECT_EQ(CheckReason(scope, PredicateKind::kSpdx, {"pkg:a/x/1"}), "PREDICATE_NOT_GRANTED");
  EXPECT_EQ(CheckReason(scope, PredicateKind::kRelease, {"pkg:a/x/1", "pkg:a/z"}),
            "PURL_OUTSIDE_SCOPE");
  EXPECT_EQ(CheckReason(scope, PredicateKind::kRelease, {}), "UNNAMED_NOT_GRANTED");
}

TEST(ScopeTest, UnnamedAndAnyProduct) {
  Scope unnamed = TestScope({kRelease}, {}, true);
  EXPECT_EQ(CheckReason(unnamed, PredicateKind::kRelease, {}), "");
  EXPECT_EQ(CheckReason(unnamed, PredicateKind::kRelease, {"pkg:a/x"}), "PURL_OUTSIDE_SCOPE");
  Scope any = TestScope({kRelease}, {});
  any.any_product = true;
  EXPECT_EQ(CheckReason(any, PredicateKind::kRelease, {"pkg:a/x"}), "");
  EXPECT_EQ(CheckReason(any, PredicateKind::kRelease, {}), "UNNAMED_NOT_GRANTED");
}

TEST(ScopeTest, Subset) {
  Scope outer = TestScope({kRelease, "https://openvex.dev/ns"}, {"pkg:a/x/"});
  EXPECT_TRUE(CheckSubset(outer, outer).ok());
  EXPECT_TRUE(CheckSubset(TestScope({kRelease}, {"pkg:a/x/y", "pkg:a/x/z/"}), outer).ok());
  EXPECT_TRUE(CheckSubset(TestScope({"https://openvex.dev/ns/v0.2.0"}, {}), outer).ok());
  Scope any = outer;
  any.purl_prefixes.clear();
  any.any_product = true;
  EXPECT_TRUE(CheckSubset(outer, any).ok());
  for (const Scope& inner :
       {TestScope({"https://spdx.dev/Document"}, {}), TestScope({"unknown"}, {}),
        TestScope({kRelease}, {"pkg:a/x"}), TestScope({kRelease}, {"pkg:a/xy/"}),
        TestScope({kRelease}, {"pkg:a/x/?repository_url=r"}), TestScope({kRelease}, {}, true),
        any}) {
    EXPECT_EQ(ReasonOf(CheckSubset(inner, outer)), "SCOPE_EXCEEDS_GRANT");
  }
}

}  // namespace
}  // namespace candor
