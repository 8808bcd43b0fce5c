// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/key_algorithm.h"

#include "core/util/reason.h"

namespace candor {

std::string_view AlgorithmName(KeyAlgorithm algorithm) {
  switch (algorithm) {
    case KeyAlgorithm::kEcdsaP256Sha256:
      return "ecdsa-p256-sha256";
    case KeyAlgorithm::kEd25519:
      return "ed25519";
  }
  return "unknown";
}

absl::StatusOr<KeyAlgorithm> ParseAlgorithmName(std::string_view name) {
  for (KeyAlgorithm algorithm : {KeyAlgorithm::kEcdsaP256Sha256, KeyAlgorithm::kEd25519}) {
    if (name == AlgorithmName(algorithm)) return algorithm;
  }
  return Refuse(absl::StatusCode::kUnimplemented, "UNSUPPORTED_ALGORITHM",
                "the signature algorithm is not supported, use ecdsa-p256-sha256 or ed25519");
}

}  // namespace candor
