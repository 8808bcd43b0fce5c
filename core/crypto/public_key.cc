// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/public_key.h"

#include <openssl/bn.h>
#include <openssl/curve25519.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/ecdsa.h>
#include <openssl/nid.h>

#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/crypto/ed25519_point.h"
#include "core/crypto/error_scope.h"
#include "core/crypto/pem.h"
#include "core/crypto/signature.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::string_view kPemLabel = "PUBLIC KEY";

// All of the SubjectPublicKeyInfo but the key bytes: sequences, the algorithm's identifier with its
// parameters, and the bit string's header.
constexpr std::string_view kP256Prefix =
    "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"
    "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00"sv;
constexpr std::string_view kEd25519Prefix = "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"sv;
constexpr size_t kP256SpkiSize = 91;
constexpr size_t kEd25519SpkiSize = 44;

const uint8_t* Data(std::string_view bytes) {
  return reinterpret_cast<const uint8_t*>(bytes.data());
}

absl::Status Malformed(std::string_view why) {
  return Refuse(absl::StatusCode::kInvalidArgument, "MALFORMED_PUBLIC_KEY",
                absl::StrCat("the public key ", why));
}

absl::Status BadSignature() {
  return Refuse(absl::StatusCode::kPermissionDenied, "BAD_SIGNATURE",
                "the signature does not verify under this key");
}

// The key of 0x04 || x || y; null when that is not a point of P-256.
bssl::UniquePtr<EC_KEY> ParseP256Point(std::string_view point) {
  bssl::UniquePtr<EC_KEY> key(EC_KEY_new_by_curve_name(NID_X9_62_prime256v1));
  if (!key || point.empty() || point[0] != 0x04) return nullptr;
  const EC_GROUP* group = EC_KEY_get0_group(key.get());
  const bssl::UniquePtr<EC_POINT> value(EC_POINT_new(group));
  if (!value || !EC_POINT_oct2point(group, value.get(), Data(point), point.size(), nullptr) ||
      !EC_KEY_set_public_key(key.get(), value.get())) {
    return nullptr;
  }
  return key;
}

bool VerifyEcdsa(std::string_view point, std::string_view message, std::string_view signature) {
  const ErrorScope error_scope;
  const bssl::UniquePtr<EC_KEY> key = ParseP256Point(point);
  const bssl::UniquePtr<ECDSA_SIG> value(ECDSA_SIG_new());
  bssl::UniquePtr<BIGNUM> r(BN_bin2bn(Data(signature), 32, nullptr));
  bssl::UniquePtr<BIGNUM> s(BN_bin2bn(Data(signature) + 32, 32, nullptr));
  if (!key || !value || !r || !s || !ECDSA_SIG_set0(value.get(), r.get(), s.get())) return false;
  (void)r.release();  // set0 took both over.
  (void)s.release();
  const Hash digest = Sha256(message);
  return ECDSA_do_verify(digest.data(), Hash::kSize, value.get(), key.get()) == 1;
}

bool VerifyEd25519(std::string_view key, std::string_view message, std::string_view signature) {
  const ErrorScope error_scope;
  return ED25519_verify(Data(message), message.size(), Data(signature), Data(key)) == 1;
}

}  // namespace

PublicKey::PublicKey(KeyAlgorithm algorithm, std::string spki)
    : algorithm_(algorithm), spki_(std::move(spki)), key_hash_{Sha256(spki_)} {}

absl::StatusOr<PublicKey> PublicKey::FromSpki(std::string_view der) {
  if (der.size() == kP256SpkiSize && absl::StartsWith(der, kP256Prefix)) {
    const ErrorScope error_scope;
    if (!ParseP256Point(der.substr(kP256Prefix.size()))) {
      return Malformed("is not an uncompressed point of P-256");
    }
    return PublicKey(KeyAlgorithm::kEcdsaP256Sha256, std::string(der));
  }
  if (der.size() == kEd25519SpkiSize && absl::StartsWith(der, kEd25519Prefix)) {
    return FromEd25519(der.substr(kEd25519Prefix.size()));
  }
  return Malformed(
      "is neither ECDSA P-256 (91 bytes of DER, named curve, uncompressed) nor Ed25519 (44 bytes)");
}

absl::StatusOr<PublicKey> PublicKey::FromPem(std::string_view text) {
  CANDOR_ASSIGN_OR_RETURN(SecretString der, PemDecode(kPemLabel, text));
  return FromSpki(der);
}

absl::StatusOr<PublicKey> PublicKey::FromEd25519(std::string_view bytes) {
  const ErrorScope error_scope;
  const std::string_view defect = Ed25519PointDefect(bytes);
  if (!defect.empty()) return Malformed(defect);
  return PublicKey(KeyAlgorithm::kEd25519, absl::StrCat(kEd25519Prefix, bytes));
}

std::string PublicKey::pem() const { return std::string(PemEncode(kPemLabel, spki_).view()); }

std::string_view PublicKey::ed25519_bytes() const {
  if (algorithm_ != KeyAlgorithm::kEd25519) return {};
  return std::string_view(spki_).substr(kEd25519Prefix.size());
}

absl::Status PublicKey::Verify(std::string_view message, std::string_view signature) const {
  CANDOR_ASSIGN_OR_RETURN(const std::string canonical, NormaliseSignature(algorithm_, signature));
  if (canonical != signature) {
    return Refuse(absl::StatusCode::kInvalidArgument, "MALFORMED_SIGNATURE",
                  "the signature is not in canonical form: 64 bytes of r||s with low s");
  }
  const bool good =
      algorithm_ == KeyAlgorithm::kEd25519
          ? VerifyEd25519(ed25519_bytes(), message, signature)
          : VerifyEcdsa(std::string_view(spki_).substr(kP256Prefix.size()), message, signature);
  return good ? absl::OkStatus() : BadSignature();
}

}  // namespace candor
