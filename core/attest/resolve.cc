// SPDX-License-Identifier: Apache-2.0
#include "core/attest/resolve.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/attest/candidate_keys.h"
#include "core/attest/key_acceptance.h"
#include "core/crypto/signature.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

// Verifies the envelope's signatures, each key at most once and at most kMaxVerifications in all.
class Verifier {
 public:
  explicit Verifier(const DsseEnvelope& envelope)
      : message_(Pae(envelope.payload_type, envelope.payload)) {}

  // Whether the signature verifies under the key; keeps it when it does.
  bool Try(const DsseSignature& signature, const PublicKey& key) {
    if (verified_.contains(key.key_hash()) || verifications_ >= kMaxVerifications) return false;
    absl::StatusOr<std::string> canonical =
        NormaliseSignature(key.algorithm(), signature.signature);
    if (!canonical.ok()) return false;
    ++verifications_;
    if (!key.Verify(message_, *canonical).ok()) return false;
    verified_.emplace(key.key_hash(),
                      EntrySignature{key.algorithm(), key.key_hash(), *std::move(canonical)});
    return true;
  }

  const std::map<KeyHash, EntrySignature>& verified() const { return verified_; }

 private:
  std::string message_;
  std::map<KeyHash, EntrySignature> verified_;
  size_t verifications_ = 0;
};

absl::Status NothingVerified(const DsseEnvelope& envelope, bool all_unknown) {
  if (all_unknown) {
    return Refuse(
        absl::StatusCode::kPermissionDenied, "KEY_NOT_ENROLLED",
        absl::StrCat("no enrolled key was found for the envelope's ", envelope.signatures.size(),
                     " signatures; enrol the key, or set keyid to its hex key hash"));
  }
  return Refuse(
      absl::StatusCode::kPermissionDenied, "SIGNATURE_INVALID",
      absl::StrCat("none of the envelope's ", envelope.signatures.size(),
                   " signatures verifies under an enrolled key; sign the exact payload, with "
                   "DSSE's pre-authentication encoding"));
}

// Named keys first, so that guesses can not use up the verifications.
absl::Status VerifyAll(const DsseEnvelope& envelope, CandidateKeys& candidates,
                       Verifier& verifier) {
  std::vector<const DsseSignature*> unnamed;
  bool all_unknown = true;
  for (const DsseSignature& signature : envelope.signatures) {
    CANDOR_ASSIGN_OR_RETURN(std::optional<PublicKey> key, candidates.Named(signature.keyid));
    if (key) {
      all_unknown = false;
      verifier.Try(signature, *key);
    } else {
      unnamed.push_back(&signature);
    }
  }
  if (!unnamed.empty()) {
    CANDOR_ASSIGN_OR_RETURN(std::vector<PublicKey> others, candidates.Others());
    for (const DsseSignature* signature : unnamed) {
      bool names_a_key = CandidateKeys::IsKeyHash(signature->keyid);
      if (!others.empty() && !names_a_key) all_unknown = false;
      for (const PublicKey& key : others) {
        if (verifier.Try(*signature, key)) break;
      }
    }
  }
  if (verifier.verified().empty()) return NothingVerified(envelope, all_unknown);
  return absl::OkStatus();
}

// The signatures that may stand in the log; an error when there is none.
absl::StatusOr<std::vector<EntrySignature>> Accepted(
    const std::map<KeyHash, EntrySignature>& verified, const EntryContent& content,
    const RegistryReader& registry) {
  std::vector<EntrySignature> accepted;
  absl::Status refusal;
  for (const auto& [hash, signature] : verified) {
    absl::Status status;
    if (!IsRegistryKind(content.kind)) {
      CANDOR_ASSIGN_OR_RETURN(std::optional<KeyRecord> key, registry.FindKey(hash));
      status = CheckProductKey(hash, key, content, std::numeric_limits<uint64_t>::max());
    }
    if (status.ok()) {
      accepted.push_back(signature);
    } else if (refusal.ok()) {
      refusal = status;
    }
  }
  if (accepted.empty()) return refusal;
  if (accepted.size() > kMaxEntrySignatures) {
    return Refuse(
        absl::StatusCode::kInvalidArgument, "TOO_MANY_SIGNATURES",
        absl::StrCat("the envelope has ", accepted.size(),
                     " signatures by accepted keys; an entry holds ", kMaxEntrySignatures));
  }
  return accepted;
}

absl::Status CheckInlineSize(const DsseEnvelope& envelope, const EntryContent& content,
                             const RegistryReader& registry) {
  if (IsRegistryKind(content.kind)) return absl::OkStatus();
  CANDOR_ASSIGN_OR_RETURN(std::optional<LogConfigRecord> config, registry.FindLogConfig());
  if (!config || envelope.payload.size() <= config->inline_limit_bytes) return absl::OkStatus();
  return Refuse(
      absl::StatusCode::kInvalidArgument, "PAYLOAD_TOO_LARGE",
      absl::StrCat("the payload has ", envelope.payload.size(), " bytes; this log takes up to ",
                   config->inline_limit_bytes, ", because it does not yet take payloads as blobs"));
}

absl::StatusOr<Entry> CanonicalEntry(const DsseEnvelope& envelope, const EntryContent& content,
                                     const Verifier& verifier, const RegistryReader& registry) {
  CANDOR_ASSIGN_OR_RETURN(std::vector<EntrySignature> accepted,
                          Accepted(verifier.verified(), content, registry));
  return BuildEntry(envelope.payload_type, envelope.payload, std::move(accepted), true);
}

}  // namespace

absl::StatusOr<Resolution> Resolve(const DsseEnvelope& envelope, const RegistryReader& registry,
                                   absl::Span<const KeyHash> hints) {
  CANDOR_ASSIGN_OR_RETURN(EntryContent content,
                          ExamineContent(envelope.payload_type, envelope.payload));
  CANDOR_RETURN_IF_ERROR(CheckInlineSize(envelope, content, registry));
  CandidateKeys candidates(content, registry, hints);
  Verifier verifier(envelope);
  CANDOR_RETURN_IF_ERROR(VerifyAll(envelope, candidates, verifier));
  absl::StatusOr<Entry> entry = CanonicalEntry(envelope, content, verifier, registry);
  Resolution resolution{.content = std::move(content),
                        .verified_keys = {},
                        .entry = std::nullopt,
                        .refusal = entry.status()};
  for (const auto& [hash, signature] : verifier.verified()) {
    resolution.verified_keys.push_back(hash);
  }
  if (entry.ok()) resolution.entry = *std::move(entry);
  return resolution;
}

}  // namespace candor
