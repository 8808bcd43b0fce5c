// SPDX-License-Identifier: Apache-2.0

#include "base/generate_key.h"

#include "core/crypto/secret_string.h"

namespace candor {

absl::StatusOr<PrivateKey> GenerateKey(KeyAlgorithm algorithm, Random* random) {
  const SecretString seed(random->Bytes(32));
  return PrivateKey::FromSeed(algorithm, seed.view());
}

}  // namespace candor
