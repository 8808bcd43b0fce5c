// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/private_key.h"

#include <openssl/bn.h>
#include <openssl/bytestring.h>
#include <openssl/curve25519.h>
#include <openssl/digest.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hkdf.h>
#include <openssl/mem.h>
#include <openssl/nid.h>

#include <array>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/crypto/error_scope.h"
#include "core/crypto/hash.h"
#include "core/crypto/pem.h"
#include "core/crypto/signature.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr std::string_view kPemLabel = "PRIVATE KEY";
constexpr std::string_view kEcdsaInfo = "candor ecdsa-p256-sha256 key v1";
constexpr size_t kSeedSize = 32;
constexpr size_t kMaxPkcs8Size = 512;

const uint8_t* Data(std::string_view bytes) {
  return reinterpret_cast<const uint8_t*>(bytes.data());
}

absl::Status Malformed(std::string_view why) {
  return Refuse(absl::StatusCode::kInvalidArgument, "MALFORMED_PRIVATE_KEY",
                absl::StrCat("the private key ", why));
}

absl::Status CryptoFailure() {
  return absl::InternalError("the cryptographic library failed, probably for want of memory");
}

// A stack buffer that is wiped.
template <size_t N>
struct SecretArray {
  std::array<uint8_t, N> bytes{};
  ~SecretArray() { OPENSSL_cleanse(bytes.data(), N); }
};

// The EC key whose scalar these bytes are; null when the scalar is not in 1..n-1.
bssl::UniquePtr<EC_KEY> EcKeyOfScalar(const std::array<uint8_t, 32>& scalar_bytes) {
  bssl::UniquePtr<EC_KEY> key(EC_KEY_new_by_curve_name(NID_X9_62_prime256v1));
  const bssl::UniquePtr<BIGNUM> scalar(
      BN_bin2bn(scalar_bytes.data(), scalar_bytes.size(), nullptr));
  if (!key || !scalar || BN_is_zero(scalar.get()) ||
      !EC_KEY_set_private_key(key.get(), scalar.get())) {
    return nullptr;
  }
  const EC_GROUP* group = EC_KEY_get0_group(key.get());
  const bssl::UniquePtr<EC_POINT> point(EC_POINT_new(group));
  if (!point || !EC_POINT_mul(group, point.get(), scalar.get(), nullptr, nullptr, nullptr) ||
      !EC_KEY_set_public_key(key.get(), point.get())) {
    return nullptr;
  }
  return key;
}

// Draws candidates until one is a scalar; the first is except once in 2^32 seeds.
bssl::UniquePtr<EC_KEY> EcKeyOfSeed(std::string_view seed) {
  for (uint8_t attempt = 0; attempt < 8; ++attempt) {
    SecretArray<32> candidate;
    const std::string info =
        absl::StrCat(kEcdsaInfo, std::string_view(reinterpret_cast<const char*>(&attempt), 1));
    if (!HKDF(candidate.bytes.data(), candidate.bytes.size(), EVP_sha256(), Data(seed), seed.size(),
              nullptr, 0, Data(info), info.size())) {
      return nullptr;
    }
    if (auto key = EcKeyOfScalar(candidate.bytes)) return key;
  }
  return nullptr;
}

bssl::UniquePtr<EVP_PKEY> EvpKeyOfSeed(KeyAlgorithm algorithm, std::string_view seed) {
  if (algorithm == KeyAlgorithm::kEd25519) {
    return bssl::UniquePtr<EVP_PKEY>(
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Data(seed), seed.size()));
  }
  const bssl::UniquePtr<EC_KEY> ec_key = EcKeyOfSeed(seed);
  bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new());
  if (!ec_key || !key || !EVP_PKEY_set1_EC_KEY(key.get(), ec_key.get())) return nullptr;
  return key;
}

// The DER SubjectPublicKeyInfo of a key; empty on failure.
std::string MarshalPublicKey(const EVP_PKEY* key) {
  std::array<uint8_t, 128> buffer;
  CBB cbb;
  size_t size = 0;
  if (!CBB_init_fixed(&cbb, buffer.data(), buffer.size()) || !EVP_marshal_public_key(&cbb, key) ||
      !CBB_finish(&cbb, nullptr, &size)) {
    CBB_cleanup(&cbb);
    return "";
  }
  return std::string(reinterpret_cast<const char*>(buffer.data()), size);
}

}  // namespace

void PrivateKey::KeyDeleter::operator()(evp_pkey_st* key) const {
  EVP_PKEY_free(key);  // BoringSSL overwrites what it frees.
}

PrivateKey::PrivateKey(KeyPointer key, PublicKey public_key)
    : key_(std::move(key)), public_key_(std::move(public_key)) {}
PrivateKey::~PrivateKey() = default;
PrivateKey::PrivateKey(PrivateKey&&) noexcept = default;
PrivateKey& PrivateKey::operator=(PrivateKey&&) noexcept = default;

absl::StatusOr<PrivateKey> PrivateKey::FromEvp(KeyPointer key) {
  CANDOR_ASSIGN_OR_RETURN(PublicKey public_key, PublicKey::FromSpki(MarshalPublicKey(key.get())));
  return PrivateKey(std::move(key), std::move(public_key));
}

absl::StatusOr<PrivateKey> PrivateKey::FromSeed(KeyAlgorithm algorithm, std::string_view seed) {
  const ErrorScope error_scope;
  if (seed.size() != kSeedSize) {
    return Malformed(absl::StrCat("seed has ", seed.size(), " bytes, it needs ", kSeedSize));
  }
  KeyPointer key(EvpKeyOfSeed(algorithm, seed).release());
  if (!key) return CryptoFailure();
  return FromEvp(std::move(key));
}

absl::StatusOr<PrivateKey> PrivateKey::FromPkcs8Pem(std::string_view text) {
  const ErrorScope error_scope;
  CANDOR_ASSIGN_OR_RETURN(const SecretString der, PemDecode(kPemLabel, text));
  CBS cbs;
  CBS_init(&cbs, Data(der), der.view().size());
  KeyPointer key(EVP_parse_private_key(&cbs));
  if (!key || CBS_len(&cbs) != 0) return Malformed("is not valid PKCS#8");
  absl::StatusOr<PrivateKey> parsed = FromEvp(std::move(key));
  if (!parsed.ok()) return Malformed("is neither ECDSA P-256 nor Ed25519");
  return parsed;
}

SecretString PrivateKey::ToPkcs8Pem() const {
  const ErrorScope error_scope;
  SecretArray<kMaxPkcs8Size> buffer;
  CBB cbb;
  size_t size = 0;
  if (!CBB_init_fixed(&cbb, buffer.bytes.data(), kMaxPkcs8Size) ||
      !EVP_marshal_private_key(&cbb, key_.get()) || !CBB_finish(&cbb, nullptr, &size)) {
    CBB_cleanup(&cbb);
    return SecretString();
  }
  return PemEncode(kPemLabel, {reinterpret_cast<const char*>(buffer.bytes.data()), size});
}

absl::StatusOr<std::string> PrivateKey::Sign(std::string_view message) const {
  const ErrorScope error_scope;
  return algorithm() == KeyAlgorithm::kEd25519 ? SignEd25519(message) : SignEcdsa(message);
}

absl::StatusOr<std::string> PrivateKey::SignEd25519(std::string_view message) const {
  std::string signature(kSignatureSize, '\0');
  size_t size = signature.size();
  bssl::ScopedEVP_MD_CTX context;
  if (!EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) ||
      !EVP_DigestSign(context.get(), reinterpret_cast<uint8_t*>(signature.data()), &size,
                      Data(message), message.size())) {
    return CryptoFailure();
  }
  return signature;
}

absl::StatusOr<std::string> PrivateKey::SignEcdsa(std::string_view message) const {
  const Hash digest = Sha256(message);
  const bssl::UniquePtr<ECDSA_SIG> value(
      ECDSA_do_sign(digest.data(), Hash::kSize, EVP_PKEY_get0_EC_KEY(key_.get())));
  std::array<uint8_t, kSignatureSize> raw;
  if (!value || !BN_bn2bin_padded(raw.data(), 32, ECDSA_SIG_get0_r(value.get())) ||
      !BN_bn2bin_padded(raw.data() + 32, 32, ECDSA_SIG_get0_s(value.get()))) {
    return CryptoFailure();
  }
  return NormaliseSignature(KeyAlgorithm::kEcdsaP256Sha256,
                            {reinterpret_cast<const char*>(raw.data()), raw.size()});
}

}  // namespace candor
