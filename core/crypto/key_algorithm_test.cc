// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/key_algorithm.h"

#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

TEST(KeyAlgorithmTest, NamesRoundTrip) {
  EXPECT_EQ(AlgorithmName(KeyAlgorithm::kEcdsaP256Sha256), "ecdsa-p256-sha256");
  EXPECT_EQ(AlgorithmName(KeyAlgorithm::kEd25519), "ed25519");
  for (KeyAlgorithm algorithm : {KeyAlgorithm::kEcdsaP256Sha256, KeyAlgorithm::kEd25519}) {
    EXPECT_EQ(ParseAlgorithmName(AlgorithmName(algorithm)).value(), algorithm);
  }
}

TEST(KeyAlgorithmTest, OtherNamesAreUnsupported) {
  for (std::string_view name : {"", "Ed25519", "ed25519 ", "rsa", "unknown", "ecdsa-p384-sha384"}) {
    const absl::Status status = ParseAlgorithmName(name).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
    EXPECT_EQ(ReasonOf(status), "UNSUPPORTED_ALGORITHM");
  }
}

}  // namespace
}  // namespace candor
