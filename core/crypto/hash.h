// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"

struct sha256_state_st;

namespace candor {

// A SHA-256 value: 32 bytes. A plain value type, ordered bytewise.
class Hash {
 public:
  static constexpr size_t kSize = 32;

  constexpr Hash() = default;  // All zero.

  // INVALID_ARGUMENT unless there are exactly 32 bytes.
  static absl::StatusOr<Hash> FromBytes(std::string_view bytes);
  // INVALID_ARGUMENT unless there are exactly 64 lower-case hexadecimal digits.
  static absl::StatusOr<Hash> FromHex(std::string_view hex);

  // A view into this object.
  std::string_view bytes() const {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
  }
  std::string hex() const;

  // For code that fills a hash in place.
  uint8_t* data() { return bytes_.data(); }
  const uint8_t* data() const { return bytes_.data(); }

  friend auto operator<=>(const Hash&, const Hash&) = default;

  template <typename H>
  friend H AbslHashValue(H state, const Hash& hash) {
    return H::combine_contiguous(std::move(state), hash.bytes_.data(), kSize);
  }

 private:
  std::array<uint8_t, kSize> bytes_{};
};

Hash Sha256(std::string_view bytes);

// SHA-256 of input that comes in pieces. Not thread-safe.
class Sha256Hasher {
 public:
  Sha256Hasher();
  ~Sha256Hasher();
  Sha256Hasher(const Sha256Hasher&) = delete;
  Sha256Hasher& operator=(const Sha256Hasher&) = delete;

  void Update(std::string_view bytes);
  // The hash of all pieces so far; afterwards the hasher is as new.
  Hash Final();

 private:
  std::unique_ptr<sha256_state_st> state_;
};

// The identity of a public key: SHA-256 of its DER SubjectPublicKeyInfo. A type of its own so that
// it is not mistaken for a digest of something else.
struct KeyHash {
  Hash value;

  std::string hex() const { return value.hex(); }

  friend auto operator<=>(const KeyHash&, const KeyHash&) = default;

  template <typename H>
  friend H AbslHashValue(H state, const KeyHash& key_hash) {
    return H::combine(std::move(state), key_hash.value);
  }
};

}  // namespace candor
