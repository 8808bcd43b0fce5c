// SPDX-License-Identifier: Apache-2.0
#include "core/attest/predicates.h"

#include <set>
#include <string_view>

#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

constexpr int kKindCount = static_cast<int>(PredicateKind::kContentRemoval) + 1;

TEST(PredicatesTest, TableIsConsistent) {
  std::set<std::string_view> uris;
  std::set<PredicateKind> kinds;
  for (std::string_view uri : PredicateTypes()) {
    EXPECT_TRUE(uris.insert(uri).second) << uri;
    ASSERT_TRUE(KindOfPredicate(uri).has_value()) << uri;
    kinds.insert(*KindOfPredicate(uri));
  }
  EXPECT_EQ(kinds.size(), static_cast<size_t>(kKindCount));
  for (int i = 0; i < kKindCount; ++i) {
    auto kind = static_cast<PredicateKind>(i);
    EXPECT_EQ(KindByName(KindName(kind)), kind);
    bool granted = RoleMayHave(Role::kVendor, kind) || RoleMayHave(Role::kAssessor, kind) ||
                   RoleMayHave(Role::kAuthority, kind);
    EXPECT_NE(granted, IsRegistryKind(kind)) << KindName(kind);
  }
}

TEST(PredicatesTest, ComparesTypeUrisExactly) {
  EXPECT_EQ(KindOfPredicate(kReleaseType), PredicateKind::kRelease);
  EXPECT_EQ(KindOfPredicate("https://openvex.dev/ns"), PredicateKind::kOpenVex);
  EXPECT_EQ(KindOfPredicate("https://openvex.dev/ns/v0.2.0"), PredicateKind::kOpenVex);
  for (std::string_view unknown :
       {"", "release", "https://in-toto.io/attestation/release",
        "https://in-toto.io/attestation/release/v0.1/",
        "HTTPS://in-toto.io/attestation/release/v0.1", "urn:candor:predicate:log-config:v2"}) {
    EXPECT_FALSE(KindOfPredicate(unknown).has_value()) << unknown;
  }
}

TEST(PredicatesTest, Roles) {
  for (Role role : {Role::kVendor, Role::kAssessor, Role::kAuthority}) {
    EXPECT_EQ(*ParseRole(RoleName(role)), role);
  }
  EXPECT_EQ(ReasonOf(ParseRole("Vendor").status()), "ROLE_UNKNOWN");
  EXPECT_TRUE(RoleMayHave(Role::kVendor, PredicateKind::kRelease));
  EXPECT_FALSE(RoleMayHave(Role::kVendor, PredicateKind::kSecurityLabel));
  EXPECT_FALSE(RoleMayHave(Role::kVendor, PredicateKind::kAuditReport));
  EXPECT_FALSE(RoleMayHave(Role::kAssessor, PredicateKind::kRelease));
  EXPECT_FALSE(RoleMayHave(Role::kAuthority, PredicateKind::kRelease));
  EXPECT_TRUE(RoleMayHave(Role::kAuthority, PredicateKind::kSecurityLabel));
  EXPECT_TRUE(RoleMayHave(Role::kAssessor, PredicateKind::kAuditReport));
}

}  // namespace
}  // namespace candor
