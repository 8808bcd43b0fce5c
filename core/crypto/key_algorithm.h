// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"

namespace candor {

// The signature algorithms; the values are those of entry encoding version 1.
enum class KeyAlgorithm : uint8_t {
  kEcdsaP256Sha256 = 1,
  kEd25519 = 2,
};

// "ecdsa-p256-sha256" or "ed25519".
std::string_view AlgorithmName(KeyAlgorithm algorithm);

// The inverse. UNIMPLEMENTED with reason UNSUPPORTED_ALGORITHM for any other name.
absl::StatusOr<KeyAlgorithm> ParseAlgorithmName(std::string_view name);

}  // namespace candor
