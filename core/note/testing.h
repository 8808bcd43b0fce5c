// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/crypto/private_key.h"
#include "core/note/checkpoint.h"
#include "core/note/note.h"
#include "core/note/signer.h"

// For tests only: keys and signed checkpoints. Everything aborts on an error.

namespace candor {

// The Ed25519 key whose seed is 32 bytes of `seed`.
PrivateKey TestEd25519Key(uint8_t seed);

NoteSigner TestLogSigner(std::string_view name, uint8_t seed);
Cosigner TestCosigner(std::string_view name, uint8_t seed);

struct TestCosignature {
  const Cosigner* cosigner = nullptr;
  uint64_t unix_seconds = 0;
};

// A checkpoint note signed by `log`, and cosigned.
std::string TestSignedCheckpoint(const Checkpoint& checkpoint, const NoteSigner& log,
                                 const std::vector<TestCosignature>& cosignatures = {});

// The note with one bit of one signature flipped.
std::string WithBrokenSignature(std::string_view note, size_t signature_index);

}  // namespace candor
