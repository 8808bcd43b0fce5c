// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/crypto/hash.h"
#include "core/crypto/key_algorithm.h"

namespace candor {

// A valid ECDSA P-256 or Ed25519 public key. One key is one byte string: only one encoding of each
// is accepted, so a key can not count twice towards a threshold. An immutable value; copies are
// cheap and all methods are thread-safe.
class PublicKey {
 public:
  // From a DER SubjectPublicKeyInfo (RFC 5480, RFC 8410). Accepts exactly the 91-byte named-curve
  // uncompressed form of a point on P-256, and the 44-byte form of an Ed25519 point that is on the
  // curve, canonically encoded (RFC 8032 section 5.1.3) and not of small order.
  // INVALID_ARGUMENT with reason MALFORMED_PUBLIC_KEY otherwise.
  static absl::StatusOr<PublicKey> FromSpki(std::string_view der);

  // From one PEM block "PUBLIC KEY" (RFC 7468, strict; at most 1 KiB), contents as above.
  static absl::StatusOr<PublicKey> FromPem(std::string_view text);

  // From the 32 bytes of RFC 8032, under the same conditions.
  static absl::StatusOr<PublicKey> FromEd25519(std::string_view bytes);

  KeyAlgorithm algorithm() const { return algorithm_; }
  const std::string& spki() const { return spki_; }
  const KeyHash& key_hash() const { return key_hash_; }
  std::string pem() const;
  // The 32 bytes of an Ed25519 key, a view into this object. Empty for other algorithms.
  std::string_view ed25519_bytes() const;

  // Verifies a signature in canonical form (signature.h). Deterministic: Ed25519 is checked without
  // the cofactor and with S below the group order.
  // INVALID_ARGUMENT with reason MALFORMED_SIGNATURE when the form is not canonical,
  // PERMISSION_DENIED with reason BAD_SIGNATURE when it does not verify.
  absl::Status Verify(std::string_view message, std::string_view signature) const;

  friend bool operator==(const PublicKey& a, const PublicKey& b) { return a.spki_ == b.spki_; }
  friend auto operator<=>(const PublicKey& a, const PublicKey& b) {
    return a.key_hash_ <=> b.key_hash_;
  }

  template <typename H>
  friend H AbslHashValue(H state, const PublicKey& key) {
    return H::combine(std::move(state), key.key_hash_);
  }

 private:
  PublicKey(KeyAlgorithm algorithm, std::string spki);

  KeyAlgorithm algorithm_;
  std::string spki_;
  KeyHash key_hash_;
};

}  // namespace candor
