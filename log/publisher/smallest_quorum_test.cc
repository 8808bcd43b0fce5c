// SPDX-License-Identifier: Apache-2.0
#include "log/publisher/smallest_quorum.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/note/testing.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

std::optional<size_t> Smallest(int witnesses, const std::string& rest) {
  std::string text;
  for (int i = 1; i <= witnesses; ++i) {
    absl::StrAppend(&text, "witness w", i, " ",
                    TestCosigner(absl::StrCat("w", i), i).vkey().ToString(), "\n");
  }
  const auto policy = Policy::Parse(text + rest);
  EXPECT_TRUE(policy.ok()) << policy.status();
  return SmallestQuorum(*policy);
}

TEST(SmallestQuorumTest, CountsTheFewestWitnesses) {
  EXPECT_EQ(Smallest(0, "quorum none\n"), 0);
  EXPECT_EQ(Smallest(1, "quorum w1\n"), 1);
  EXPECT_EQ(Smallest(3, "group g 2 w1 w2 w3\nquorum g\n"), 2);
  EXPECT_EQ(Smallest(4, "group a any w1 w2\ngroup b all w3 w4\ngroup g all a b\nquorum g\n"), 3);
  EXPECT_EQ(Smallest(12, "group g all w1 w2 w3 w4 w5 w6 w7 w8 w9 w10 w11 w12\nquorum g\n"), 12);
}

TEST(SmallestQuorumTest, DoesNotTryTooManySets) {
  EXPECT_EQ(Smallest(13, "quorum w1\n"), std::nullopt);
}

}  // namespace
}  // namespace candor
