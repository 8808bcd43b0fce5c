// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/signature.h"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "core/crypto/error_scope.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

using Scalar = std::array<uint8_t, 32>;  // Big-endian.

// The order of P-256, and half of it rounded down.
constexpr Scalar kP256Order = {0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
                               0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
                               0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
constexpr Scalar kP256HalfOrder = {0x7f, 0xff, 0xff, 0xff, 0x80, 0x00, 0x00, 0x00, 0x7f, 0xff, 0xff,
                                   0xff, 0xff, 0xff, 0xff, 0xff, 0xde, 0x73, 0x7d, 0x56, 0xd3, 0x8b,
                                   0xcf, 0x42, 0x79, 0xdc, 0xe5, 0x61, 0x7e, 0x31, 0x92, 0xa8};
// The order of Ed25519's group, 2^252 + 27742317777372353535851937790883648493.
constexpr Scalar kEd25519Order = {0x10, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                                  0x00, 0x00, 0x00, 0x00, 0x00, 0x14, 0xde, 0xf9, 0xde, 0xa2, 0xf7,
                                  0x9c, 0xd6, 0x58, 0x12, 0x63, 0x1a, 0x5c, 0xf5, 0xd3, 0xed};

// More than the longest strict DER signature (72 bytes); nothing longer is parsed.
constexpr size_t kMaxDerSize = 80;

struct EcdsaValue {
  Scalar r;
  Scalar s;
};

absl::Status Malformed(std::string_view why) {
  return Refuse(absl::StatusCode::kInvalidArgument, "MALFORMED_SIGNATURE",
                absl::StrCat("the signature ", why));
}

bool InRange(const Scalar& scalar) { return scalar != Scalar{} && scalar < kP256Order; }

// n - s, for s in 1..n-1.
Scalar Negate(const Scalar& s) {
  Scalar difference;
  int borrow = 0;
  for (size_t i = s.size(); i-- > 0;) {
    const int digit = kP256Order[i] - s[i] - borrow;
    borrow = digit < 0 ? 1 : 0;
    difference[i] = static_cast<uint8_t>(digit);
  }
  return difference;
}

EcdsaValue FromRaw(std::string_view raw) {
  EcdsaValue value;
  std::memcpy(value.r.data(), raw.data(), value.r.size());
  std::memcpy(value.s.data(), raw.data() + value.r.size(), value.s.size());
  return value;
}

absl::StatusOr<EcdsaValue> FromDer(std::string_view der) {
  const ErrorScope error_scope;
  if (der.size() > kMaxDerSize) {
    return Malformed(absl::StrCat("has ", der.size(), " bytes, more than ECDSA P-256 needs"));
  }
  const bssl::UniquePtr<ECDSA_SIG> signature(
      ECDSA_SIG_from_bytes(reinterpret_cast<const uint8_t*>(der.data()), der.size()));
  if (!signature) return Malformed("is neither 64 bytes of r||s nor strict DER");
  EcdsaValue value;
  if (!BN_bn2bin_padded(value.r.data(), value.r.size(), ECDSA_SIG_get0_r(signature.get())) ||
      !BN_bn2bin_padded(value.s.data(), value.s.size(), ECDSA_SIG_get0_s(signature.get()))) {
    return Malformed("has a number that is too large for P-256");
  }
  return value;
}

absl::StatusOr<std::string> NormaliseEcdsa(std::string_view signature) {
  EcdsaValue value;
  if (signature.size() == kSignatureSize) {
    value = FromRaw(signature);
  } else {
    CANDOR_ASSIGN_OR_RETURN(value, FromDer(signature));
  }
  if (!InRange(value.r) || !InRange(value.s)) {
    return Malformed("has a number that is zero or not below the order of P-256");
  }
  if (value.s > kP256HalfOrder) value.s = Negate(value.s);
  std::string normalised(value.r.begin(), value.r.end());
  normalised.append(value.s.begin(), value.s.end());
  return normalised;
}

absl::StatusOr<std::string> NormaliseEd25519(std::string_view signature) {
  if (signature.size() != kSignatureSize) {
    return Malformed(absl::StrCat("has ", signature.size(), " bytes, Ed25519 has 64"));
  }
  Scalar s;
  std::reverse_copy(signature.begin() + 32, signature.end(), s.begin());
  if (s >= kEd25519Order) return Malformed("has an S that is not below the group order");
  return std::string(signature);
}

// A DER INTEGER (X.690 section 8.3) of a big-endian unsigned number.
std::string DerInteger(std::string_view number) {
  const size_t first = std::min(number.find_first_not_of('\0'), number.size() - 1);
  std::string content(number.substr(first));
  if (static_cast<uint8_t>(content.front()) >= 0x80) content.insert(0, 1, '\0');
  return absl::StrCat(std::string{0x02, static_cast<char>(content.size())}, content);
}

}  // namespace

std::string SignatureForOthers(KeyAlgorithm algorithm, std::string_view canonical) {
  if (algorithm != KeyAlgorithm::kEcdsaP256Sha256 || canonical.size() != kSignatureSize) {
    return std::string(canonical);
  }
  const std::string content =
      DerInteger(canonical.substr(0, 32)) + DerInteger(canonical.substr(32));
  std::string der = absl::StrCat(std::string{0x30, static_cast<char>(content.size())}, content);
  // DER of exactly 64 bytes would read as r||s. It takes numbers that nobody meets.
  return der.size() == kSignatureSize ? std::string(canonical) : der;
}

absl::StatusOr<std::string> NormaliseSignature(KeyAlgorithm algorithm, std::string_view signature) {
  switch (algorithm) {
    case KeyAlgorithm::kEcdsaP256Sha256:
      return NormaliseEcdsa(signature);
    case KeyAlgorithm::kEd25519:
      return NormaliseEd25519(signature);
  }
  return Malformed("is of an unknown algorithm");
}

}  // namespace candor
