// SPDX-License-Identifier: Apache-2.0
#include "log/sequencer/registry_digest.h"

#include "gtest/gtest.h"

namespace candor {
namespace {

TEST(RegistryDigestTest, DoesNotDependOnOrderAndUndoes) {
  RegistryDigest a;
  EXPECT_EQ(a.value(), Hash());
  a.Toggle("k1", "v1");
  a.Toggle("k2", "v2");
  RegistryDigest b;
  b.Toggle("k2", "v2");
  b.Toggle("k1", "old");
  b.Toggle("k1", "old");
  b.Toggle("k1", "v1");
  EXPECT_EQ(a.value(), b.value());
  EXPECT_NE(a.value(), Hash());
  EXPECT_EQ(RegistryDigest(a.value()).value(), a.value());
}

TEST(RegistryDigestTest, TellsRecordsApart) {
  RegistryDigest a;
  a.Toggle("ab", "c");
  RegistryDigest b;
  b.Toggle("a", "bc");
  EXPECT_NE(a.value(), b.value());
}

}  // namespace
}  // namespace candor
