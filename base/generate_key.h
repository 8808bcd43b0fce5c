// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "absl/status/statusor.h"
#include "base/random.h"
#include "core/crypto/private_key.h"

namespace candor {

// A new private key; the seed is wiped.
absl::StatusOr<PrivateKey> GenerateKey(KeyAlgorithm algorithm, Random* random);

}  // namespace candor
