// SPDX-License-Identifier: Apache-2.0
#include "client/spool.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/attest/dsse.h"
#include "core/attest/envelope_signer.h"
#include "core/crypto/signature.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

bool HasValidSignature(const DsseEnvelope& envelope, const PublicKey& key) {
  const std::string message = Pae(envelope.payload_type, envelope.payload);
  return std::any_of(envelope.signatures.begin(), envelope.signatures.end(),
                     [&](const DsseSignature& signature) {
                       if (signature.keyid != key.key_hash().hex()) return false;
                       const absl::StatusOr<std::string> canonical =
                           NormaliseSignature(key.algorithm(), signature.signature);
                       return canonical.ok() && key.Verify(message, *canonical).ok();
                     });
}

}  // namespace

Spool::Spool(std::string path, FileSystem* file_system)
    : file_(std::move(path), file_system), file_system_(file_system) {}

absl::StatusOr<std::string> Spool::CheckLeftover(std::string json, std::string_view payload_type,
                                                 std::string_view payload,
                                                 absl::Span<const PrivateKey* const> keys) const {
  const absl::StatusOr<DsseEnvelope> envelope = ParseEnvelope(json);
  const bool same = envelope.ok() && envelope->payload_type == payload_type &&
                    envelope->payload == payload &&
                    std::all_of(keys.begin(), keys.end(), [&](const PrivateKey* key) {
                      return HasValidSignature(*envelope, key->public_key());
                    });
  if (same) return json;
  return Refuse(absl::StatusCode::kFailedPrecondition, "SPOOL_DIFFERS",
                absl::StrCat(path(),
                             " holds an unfinished submission of another statement or under "
                             "another key (it may be logged already): publish it with "
                             "--envelope ",
                             path(), ", or remove it, then run this again"));
}

absl::StatusOr<std::string> Spool::EnvelopeFor(std::string_view payload_type,
                                               std::string_view payload,
                                               absl::Span<const PrivateKey* const> keys) {
  absl::StatusOr<std::string> leftover = file_.Read(kMaxEnvelopeBytes);
  if (leftover.ok()) return CheckLeftover(*std::move(leftover), payload_type, payload, keys);
  if (!absl::IsNotFound(leftover.status())) return leftover.status();
  CANDOR_ASSIGN_OR_RETURN(const DsseEnvelope envelope, SignEnvelope(payload_type, payload, keys));
  CANDOR_ASSIGN_OR_RETURN(std::string json, FormatEnvelope(envelope));
  CANDOR_RETURN_IF_ERROR(file_.Replace(json));
  return json;
}

absl::Status Spool::Remove() { return file_system_->Remove(path()); }

}  // namespace candor
