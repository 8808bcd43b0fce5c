// SPDX-License-Identifier: Apache-2.0
#include "base/generate_key.h"

#include <gtest/gtest.h>

namespace candor {
namespace {

TEST(GenerateKeyTest, TheRandomBytesDecide) {
  for (const KeyAlgorithm algorithm : {KeyAlgorithm::kEd25519, KeyAlgorithm::kEcdsaP256Sha256}) {
    FakeRandom a(1);
    FakeRandom b(1);
    const auto first = GenerateKey(algorithm, &a);
    ASSERT_TRUE(first.ok()) << first.status();
    EXPECT_EQ(first->algorithm(), algorithm);
    EXPECT_EQ(first->public_key().spki(), GenerateKey(algorithm, &b)->public_key().spki());
    EXPECT_NE(first->public_key().spki(), GenerateKey(algorithm, &a)->public_key().spki());
  }
}

}  // namespace
}  // namespace candor
