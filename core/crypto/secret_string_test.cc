// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/secret_string.h"

#include <type_traits>
#include <utility>

#include "gtest/gtest.h"

namespace candor {
namespace {

static_assert(!std::is_copy_constructible_v<SecretString>);
static_assert(!std::is_copy_assignable_v<SecretString>);

// Short enough to lie inside of a std::string, and long enough not to.
class SecretStringTest : public testing::TestWithParam<std::string> {};

TEST_P(SecretStringTest, WipesWhatItIsMadeFrom) {
  std::string source = GetParam();
  const char* const inside = source.data();
  const bool is_short = source.size() < 16;
  const SecretString secret(std::move(source));
  EXPECT_EQ(secret.view(), GetParam());
  if (is_short) {
    EXPECT_EQ(std::string_view(inside, GetParam().size()), std::string(GetParam().size(), '\0'));
  }
}

TEST_P(SecretStringTest, Moves) {
  SecretString first{std::string(GetParam())};
  SecretString second(std::move(first));
  EXPECT_EQ(second.view(), GetParam());
  EXPECT_EQ(first.view(), "");  // NOLINT(bugprone-use-after-move): it is specified.
  SecretString third{std::string("something else")};
  third = std::move(second);
  EXPECT_EQ(third.view(), GetParam());
  EXPECT_EQ(second.view(), "");  // NOLINT(bugprone-use-after-move)
  const std::string_view passed = third;
  EXPECT_EQ(passed, GetParam());
}

INSTANTIATE_TEST_SUITE_P(Lengths, SecretStringTest,
                         testing::Values("", "short", "a secret that is kept on the heap"));

}  // namespace
}  // namespace candor
