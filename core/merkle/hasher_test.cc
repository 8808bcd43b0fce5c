// SPDX-License-Identifier: Apache-2.0
#include "core/merkle/hasher.h"

#include <string>

#include "gtest/gtest.h"

namespace candor {
namespace {

using std::string_literals::operator""s;

TEST(HasherTest, FollowsTheDefinition) {
  const Hash a = Sha256("a"), b = Sha256("b");
  EXPECT_EQ(EmptyRoot(), Sha256(""));
  EXPECT_EQ(LeafHash("entry"), Sha256("\0entry"s));
  EXPECT_EQ(NodeHash(a, b), Sha256("\x01"s + std::string(a.bytes()) + std::string(b.bytes())));
  EXPECT_NE(NodeHash(a, b), NodeHash(b, a));
}

TEST(HasherTest, KnownAnswers) {
  EXPECT_EQ(EmptyRoot().hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(LeafHash("").hex(), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

// A leaf can not pass for a node.
TEST(HasherTest, SeparatesLeavesFromNodes) {
  const Hash a = Sha256("a"), b = Sha256("b");
  EXPECT_NE(LeafHash(std::string(a.bytes()) + std::string(b.bytes())), NodeHash(a, b));
}

}  // namespace
}  // namespace candor
