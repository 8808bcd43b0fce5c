// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"

#include <gtest/gtest.h>

#include <set>

namespace candor {
namespace {

TEST(FakeRandomTest, TheSeedDecides) {
  FakeRandom a(1);
  FakeRandom b(1);
  FakeRandom c(2);
  const std::string first = a.Bytes(64);
  EXPECT_EQ(first, b.Bytes(64));
  EXPECT_NE(first, c.Bytes(64));
  EXPECT_NE(first, a.Bytes(64));
}

TEST(RandomTest, UniformStaysBelowTheBoundAndReachesAll) {
  FakeRandom random(3);
  std::set<uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random.Uniform(7));
  EXPECT_EQ(seen, (std::set<uint64_t>{0, 1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(random.Uniform(0), 0u);
  EXPECT_EQ(random.Uniform(1), 0u);
}

TEST(SystemRandomTest, DoesNotRepeat) {
  SystemRandom random;
  EXPECT_NE(random.Bytes(32), random.Bytes(32));
  EXPECT_EQ(random.Bytes(0), "");
}

}  // namespace
}  // namespace candor
