// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/hash.h"

#include <openssl/sha.h>

#include <cstring>

#include "absl/strings/str_cat.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {

static_assert(Hash::kSize == SHA256_DIGEST_LENGTH);

absl::StatusOr<Hash> Hash::FromBytes(std::string_view bytes) {
  if (bytes.size() != kSize) {
    return Refuse(
        absl::StatusCode::kInvalidArgument, "MALFORMED_HASH",
        absl::StrCat("a SHA-256 hash has ", kSize, " bytes, this one has ", bytes.size()));
  }
  Hash hash;
  std::memcpy(hash.data(), bytes.data(), kSize);
  return hash;
}

absl::StatusOr<Hash> Hash::FromHex(std::string_view hex) {
  if (hex.size() != 2 * kSize) {
    return Refuse(absl::StatusCode::kInvalidArgument, "MALFORMED_HASH",
                  absl::StrCat("a SHA-256 hash has ", 2 * kSize,
                               " hexadecimal digits, this one has ", hex.size(), " characters"));
  }
  CANDOR_ASSIGN_OR_RETURN(std::string bytes, HexDecode(hex));
  return FromBytes(bytes);
}

std::string Hash::hex() const { return HexEncode(bytes()); }

Hash Sha256(std::string_view bytes) {
  Hash hash;
  SHA256(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), hash.data());
  return hash;
}

Sha256Hasher::Sha256Hasher() : state_(std::make_unique<sha256_state_st>()) {
  SHA256_Init(state_.get());
}

Sha256Hasher::~Sha256Hasher() = default;

void Sha256Hasher::Update(std::string_view bytes) {
  SHA256_Update(state_.get(), bytes.data(), bytes.size());
}

Hash Sha256Hasher::Final() {
  Hash hash;
  SHA256_Final(hash.data(), state_.get());
  SHA256_Init(state_.get());
  return hash;
}

}  // namespace candor
