// SPDX-License-Identifier: Apache-2.0
#include "core/attest/key_acceptance.h"

#include "absl/strings/str_cat.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {

absl::Status CheckSigningKey(const KeyHash& hash, const std::optional<KeyRecord>& key,
                             uint64_t index) {
  if (!key) {
    return Refuse(absl::StatusCode::kPermissionDenied, "KEY_NOT_ENROLLED",
                  absl::StrCat("the key ", hash.hex(), " is not enrolled in this log"));
  }
  if (key->use != KeyUse::kSigning) {
    return Refuse(
        absl::StatusCode::kPermissionDenied, "KEY_NOT_SIGNING",
        absl::StrCat("the key ", hash.hex(),
                     " is not a signing key, so it may not sign statements about products"));
  }
  if (key->revoked_at && *key->revoked_at <= index) {
    return Refuse(
        absl::StatusCode::kPermissionDenied, "KEY_REVOKED",
        absl::StrCat("the key ", hash.hex(), " is revoked since entry ", *key->revoked_at));
  }
  return absl::OkStatus();
}

absl::Status CheckProductKey(const KeyHash& hash, const std::optional<KeyRecord>& key,
                             const EntryContent& content, uint64_t index) {
  CANDOR_RETURN_IF_ERROR(CheckSigningKey(hash, key, index));
  return Annotate(CheckScope(key->scope, content.kind, content.purls),
                  absl::StrCat("key ", hash.hex()));
}

absl::Status CheckKeyAlgorithm(const KeyHash& hash, KeyAlgorithm algorithm,
                               const EntrySignature& signature) {
  if (signature.algorithm == algorithm) return absl::OkStatus();
  return Refuse(absl::StatusCode::kInvalidArgument, "KEY_ALGORITHM_MISMATCH",
                absl::StrCat("the signature by key ", hash.hex(), " states ",
                             AlgorithmName(signature.algorithm), ", but the key is for ",
                             AlgorithmName(algorithm)));
}

}  // namespace candor
