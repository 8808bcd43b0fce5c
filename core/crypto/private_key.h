// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/crypto/key_algorithm.h"
#include "core/crypto/public_key.h"
#include "core/crypto/secret_string.h"

struct evp_pkey_st;

namespace candor {

// An ECDSA P-256 or Ed25519 private key: move-only, wiped on destruction, never printed.
// After construction all const methods are thread-safe. A moved-from key may only be destroyed or
// assigned to.
class PrivateKey {
 public:
  // The key that `seed` (32 bytes, uniformly random and secret) stands for; the same seed always
  // gives the same key. Ed25519: the seed of RFC 8032. ECDSA: the scalar is the first value of
  // HKDF-SHA-256(seed, no salt, info "candor ecdsa-p256-sha256 key v1" || i, 32 bytes) that lies in
  // 1..n-1, for the byte i = 0, 1, ...
  // INVALID_ARGUMENT when the length is not 32.
  static absl::StatusOr<PrivateKey> FromSeed(KeyAlgorithm algorithm, std::string_view seed);

  // From one PEM block "PRIVATE KEY" (RFC 7468 strict; RFC 5958/8410 contents, not encrypted).
  // INVALID_ARGUMENT with reason MALFORMED_PEM or MALFORMED_PRIVATE_KEY otherwise.
  static absl::StatusOr<PrivateKey> FromPkcs8Pem(std::string_view text);

  ~PrivateKey();
  PrivateKey(PrivateKey&&) noexcept;
  PrivateKey& operator=(PrivateKey&&) noexcept;
  PrivateKey(const PrivateKey&) = delete;
  PrivateKey& operator=(const PrivateKey&) = delete;

  SecretString ToPkcs8Pem() const;

  KeyAlgorithm algorithm() const { return public_key_.algorithm(); }
  const PublicKey& public_key() const { return public_key_; }

  // Signs; the signature is in canonical form (signature.h), 64 bytes. Ed25519 is deterministic;
  // ECDSA takes its nonce from BoringSSL, so each signature differs.
  absl::StatusOr<std::string> Sign(std::string_view message) const;

 private:
  struct KeyDeleter {
    void operator()(evp_pkey_st* key) const;
  };
  using KeyPointer = std::unique_ptr<evp_pkey_st, KeyDeleter>;

  PrivateKey(KeyPointer key, PublicKey public_key);
  static absl::StatusOr<PrivateKey> FromEvp(KeyPointer key);
  absl::StatusOr<std::string> SignEd25519(std::string_view message) const;
  absl::StatusOr<std::string> SignEcdsa(std::string_view message) const;

  KeyPointer key_;
  PublicKey public_key_;
};

}  // namespace candor
