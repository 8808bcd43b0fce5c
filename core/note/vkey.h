// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/crypto/public_key.h"
#include "core/note/note.h"

namespace candor {

// Signature type identifier bytes of C2SP signed-note that this code knows by name. Any other value
// can occur: it is kept, and verifies nothing.
enum class SignatureType : uint8_t {
  kEd25519 = 0x01,
  kCosignatureEd25519 = 0x04,
  kCosignatureMlDsa44 = 0x06,
};

inline constexpr size_t kMaxVkeyBytes = 16 * 1024;

// A verifier key: <name>+<hex key id>+<base64 of type || key>. Immutable.
//
// Types 0x01 and 0x04 must carry a valid Ed25519 key and the key id the standard computes; for type
// 0x06 the length and the key id are checked. Other types are opaque: their bytes are kept, so that
// a policy that names one still loads, but no signature verifies under them.
class VerifierKey {
 public:
  // INVALID_ARGUMENT "VKEY_INVALID" unless `text` is a canonical vkey: ToString() == text.
  static absl::StatusOr<VerifierKey> Parse(std::string_view text);

  // `type` is kEd25519 or kCosignatureEd25519, `key` an Ed25519 key.
  static absl::StatusOr<VerifierKey> Create(std::string_view name, SignatureType type,
                                            const PublicKey& key);

  std::string ToString() const;

  const std::string& name() const { return name_; }
  uint32_t key_id() const { return key_id_; }
  SignatureType type() const { return type_; }

  // The encoded public key, without the type byte. Two vkeys are duplicates of one another when
  // their material is equal, whatever their names and types (tlog-policy).
  const std::string& material() const { return material_; }

  // Null unless signatures of this type can be verified here (0x01 and 0x04).
  const PublicKey* public_key() const { return public_key_ ? &*public_key_ : nullptr; }
  bool supported() const { return public_key_.has_value(); }

  // Whether name and key id are those of this key: such a signature must verify or the note is bad.
  bool Matches(const NoteSignature& signature) const {
    return signature.key_id == key_id_ && signature.name == name_;
  }

  bool operator==(const VerifierKey& other) const {
    return name_ == other.name_ && key_id_ == other.key_id_ && type_ == other.type_ &&
           material_ == other.material_;
  }

 private:
  VerifierKey(std::string name, uint32_t key_id, SignatureType type, std::string material,
              std::optional<PublicKey> public_key);

  std::string name_;
  uint32_t key_id_;
  SignatureType type_;
  std::string material_;
  std::optional<PublicKey> public_key_;
};

// The first four bytes of SHA-256(name || 0x0A || type || material), big-endian (signed-note).
uint32_t NoteKeyId(std::string_view name, SignatureType type, std::string_view material);

}  // namespace candor
