// SPDX-License-Identifier: Apache-2.0
#include "core/note/vkey.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/crypto/hash.h"
#include "core/note/key_name.h"
#include "core/util/bytes.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr size_t kMlDsa44KeyBytes = 1312;

absl::Status Invalid(std::string_view message) {
  return Refuse(absl::StatusCode::kInvalidArgument, "VKEY_INVALID", message);
}

bool IsEd25519(SignatureType type) {
  return type == SignatureType::kEd25519 || type == SignatureType::kCosignatureEd25519;
}

// The types whose key id the standard fixes with MUST, or that we make ourselves.
bool HasComputedId(SignatureType type) {
  return IsEd25519(type) || type == SignatureType::kCosignatureMlDsa44;
}

absl::StatusOr<uint32_t> ParseKeyId(std::string_view hex) {
  const absl::StatusOr<std::string> bytes = HexDecode(hex);
  if (!bytes.ok() || bytes->size() != 4) {
    return Invalid("the key id of a vkey must be 8 lower-case hexadecimal digits");
  }
  return ByteReader(*bytes).U32();
}

}  // namespace

VerifierKey::VerifierKey(std::string name, uint32_t key_id, SignatureType type,
                         std::string material, std::optional<PublicKey> public_key)
    : name_(std::move(name)),
      key_id_(key_id),
      type_(type),
      material_(std::move(material)),
      public_key_(std::move(public_key)) {}

uint32_t NoteKeyId(std::string_view name, SignatureType type, std::string_view material) {
  ByteWriter writer;
  writer.Bytes(name);
  writer.U8('\n');
  writer.U8(static_cast<uint8_t>(type));
  writer.Bytes(material);
  const Hash hash = Sha256(writer.bytes());
  return ByteReader(hash.bytes()).U32().value();
}

absl::StatusOr<VerifierKey> VerifierKey::Parse(std::string_view text) {
  if (text.size() > kMaxVkeyBytes) {
    return Invalid(absl::StrCat("a vkey may have at most ", kMaxVkeyBytes, " bytes"));
  }
  const size_t first = text.find('+');
  const size_t second = first == text.npos ? text.npos : text.find('+', first + 1);
  if (second == text.npos) return Invalid("a vkey must have the form <name>+<key id>+<key>");
  const std::string_view name = text.substr(0, first);
  CANDOR_RETURN_IF_ERROR(CheckKeyName(name));
  CANDOR_ASSIGN_OR_RETURN(const uint32_t key_id,
                          ParseKeyId(text.substr(first + 1, second - first - 1)));
  const absl::StatusOr<std::string> key = Base64Decode(text.substr(second + 1));
  if (!key.ok() || key->size() < 2) {
    return Invalid("the key of a vkey must be canonical base64 of a type byte and a public key");
  }
  const auto type = static_cast<SignatureType>(static_cast<uint8_t>((*key)[0]));
  std::string material = key->substr(1);
  if (type == SignatureType::kCosignatureMlDsa44 && material.size() != kMlDsa44KeyBytes) {
    return Invalid(absl::StrCat("a vkey of type 6 must hold ", kMlDsa44KeyBytes, " key bytes"));
  }
  std::optional<PublicKey> public_key;
  if (IsEd25519(type)) {
    absl::StatusOr<PublicKey> parsed = PublicKey::FromEd25519(material);
    if (!parsed.ok()) return Invalid("the key of the vkey is not a valid Ed25519 public key");
    public_key = *std::move(parsed);
  }
  if (HasComputedId(type) && key_id != NoteKeyId(name, type, material)) {
    return Invalid("the key id of the vkey does not belong to its name and key");
  }
  return VerifierKey(std::string(name), key_id, type, std::move(material), std::move(public_key));
}

absl::StatusOr<VerifierKey> VerifierKey::Create(std::string_view name, SignatureType type,
                                                const PublicKey& key) {
  CANDOR_RETURN_IF_ERROR(CheckKeyName(name));
  if (!IsEd25519(type)) return Invalid("only vkeys of the types 1 and 4 can be made");
  if (key.algorithm() != KeyAlgorithm::kEd25519) {
    return Invalid("a vkey of the types 1 and 4 needs an Ed25519 key");
  }
  std::string material(key.ed25519_bytes());
  const uint32_t key_id = NoteKeyId(name, type, material);
  return VerifierKey(std::string(name), key_id, type, std::move(material), key);
}

std::string VerifierKey::ToString() const {
  ByteWriter id;
  id.U32(key_id_);
  ByteWriter key;
  key.U8(static_cast<uint8_t>(type_));
  key.Bytes(material_);
  return absl::StrCat(name_, "+", HexEncode(id.bytes()), "+", Base64Encode(key.bytes()));
}

}  // namespace candor
