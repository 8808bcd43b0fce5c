// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/crypto/key_algorithm.h"

namespace candor {

// Every signature's canonical form is this long, for both algorithms.
inline constexpr size_t kSignatureSize = 64;

// Brings a signature as people send it into its canonical form, without verifying it.
//
// ECDSA P-256: exactly 64 bytes are raw r||s, anything else is strict DER (X.690 section 10 and
// RFC 3279 section 2.2.3). r and s must lie in 1..n-1. The result is r||s with s at most n/2.
// Ed25519 (RFC 8032): 64 bytes, S below the group order; returned as it is.
//
// INVALID_ARGUMENT with reason MALFORMED_SIGNATURE otherwise.
absl::StatusOr<std::string> NormaliseSignature(KeyAlgorithm algorithm, std::string_view signature);

// A canonical signature as other programs expect it in an envelope: ECDSA as DER, Ed25519 as it is.
// NormaliseSignature takes it back.
std::string SignatureForOthers(KeyAlgorithm algorithm, std::string_view canonical);

}  // namespace candor
