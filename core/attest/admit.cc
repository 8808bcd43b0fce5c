// SPDX-License-Identifier: Apache-2.0
#include "core/attest/admit.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/attest/dsse.h"
#include "core/attest/key_acceptance.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

absl::Status Deny(std::string_view reason, std::string_view message) {
  return Refuse(absl::StatusCode::kPermissionDenied, reason, message);
}

absl::Status CheckOriginOf(const RegistryReader& registry, std::string_view log) {
  if (log == registry.origin()) return absl::OkStatus();
  return Refuse(
      absl::StatusCode::kInvalidArgument, "WRONG_LOG",
      absl::StrCat("predicate.log is \"", log, "\", but this log is \"", registry.origin(), "\""));
}

// How many of the entry's signatures are by these keys.
size_t CountSignaturesBy(const Entry& entry, const std::vector<KeyHash>& keys) {
  return std::count_if(entry.signatures().begin(), entry.signatures().end(),
                       [&keys](const EntrySignature& signature) {
                         return std::find(keys.begin(), keys.end(), signature.key) != keys.end();
                       });
}

absl::Status CheckRegistrarThreshold(const Entry& entry, const std::vector<KeyHash>& keys,
                                     size_t threshold) {
  size_t count = CountSignaturesBy(entry, keys);
  if (count >= threshold) return absl::OkStatus();
  return Deny("THRESHOLD_NOT_MET",
              absl::StrCat("the entry has ", count, " signatures by the registrar; ", threshold,
                           " are needed"));
}

absl::Status CheckNothingElse(const Entry& entry, const std::vector<KeyHash>& expected) {
  for (const EntrySignature& signature : entry.signatures()) {
    if (std::find(expected.begin(), expected.end(), signature.key) == expected.end()) {
      return Deny("SIGNATURE_NOT_EXPECTED",
                  absl::StrCat("the entry is signed by key ", signature.key.hex(),
                               ", which has no part in it; leave that signature out"));
    }
  }
  return absl::OkStatus();
}

std::vector<KeyHash> HashesOf(const std::vector<PublicKey>& keys) {
  std::vector<KeyHash> hashes;
  for (const PublicKey& key : keys) hashes.push_back(key.key_hash());
  return hashes;
}

// The algorithm that an entry states for a key is the key's own.
absl::Status CheckAlgorithms(const Entry& entry, const std::vector<PublicKey>& keys) {
  for (const EntrySignature& signature : entry.signatures()) {
    for (const PublicKey& key : keys) {
      if (key.key_hash() != signature.key) continue;
      CANDOR_RETURN_IF_ERROR(CheckKeyAlgorithm(key.key_hash(), key.algorithm(), signature));
    }
  }
  return absl::OkStatus();
}

absl::Status AdmitLogConfig(const RegistryReader& registry, const Entry& entry,
                            const LogConfig& config) {
  CANDOR_RETURN_IF_ERROR(CheckOriginOf(registry, config.origin));
  std::vector<KeyHash> registrar = HashesOf(config.registrar_keys);
  CANDOR_RETURN_IF_ERROR(CheckNothingElse(entry, registrar));
  CANDOR_RETURN_IF_ERROR(CheckAlgorithms(entry, config.registrar_keys));
  return CheckRegistrarThreshold(entry, registrar, config.registrar_threshold);
}

absl::Status CheckKeysAreNew(const RegistryReader& registry, const std::vector<KeyHash>& keys) {
  for (const KeyHash& key : keys) {
    CANDOR_ASSIGN_OR_RETURN(std::optional<KeyRecord> record, registry.FindKey(key));
    if (!record) continue;
    return Refuse(absl::StatusCode::kAlreadyExists, "KEY_ALREADY_ENROLLED",
                  absl::StrCat("the key ", key.hex(), " belongs to ",
                               record->participant.empty() ? "the log itself" : record->participant,
                               " for ever; make a new one"));
  }
  return absl::OkStatus();
}

absl::Status CheckPossession(const Entry& entry, const std::vector<KeyHash>& keys) {
  for (const KeyHash& key : keys) {
    if (CountSignaturesBy(entry, {key}) == 0) {
      return Deny("POSSESSION_MISSING",
                  absl::StrCat("the key ", key.hex(), " is listed but did not sign the keyset"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckNoOverlap(const RegistryReader& registry, const Grant& grant) {
  if (grant.role != Role::kVendor) return absl::OkStatus();
  for (const PurlPrefix& prefix : grant.scope.purl_prefixes) {
    CANDOR_ASSIGN_OR_RETURN(std::optional<std::string> vendor,
                            registry.FindOverlappingVendor(prefix));
    if (!vendor) continue;
    return Refuse(absl::StatusCode::kAlreadyExists, "GRANT_OVERLAPS",
                  absl::StrCat("the purl prefix \"", prefix.ToString(),
                               "\" overlaps the grant of the vendor ", *vendor));
  }
  return absl::OkStatus();
}

absl::Status AdmitKeyset(const RegistryReader& registry, const Entry& entry,
                         const LogConfigRecord& config, const ParticipantKeyset& keyset) {
  CANDOR_RETURN_IF_ERROR(CheckOriginOf(registry, keyset.origin));
  CANDOR_ASSIGN_OR_RETURN(std::optional<ParticipantRecord> existing,
                          registry.FindParticipant(keyset.participant));
  if (existing) {
    return Refuse(absl::StatusCode::kAlreadyExists, "PARTICIPANT_EXISTS",
                  absl::StrCat("the participant ", keyset.participant, " is enrolled since entry ",
                               existing->index));
  }
  std::vector<PublicKey> listed = KeysetKeys(keyset);
  std::vector<KeyHash> listed_hashes = HashesOf(listed);
  CANDOR_RETURN_IF_ERROR(CheckKeysAreNew(registry, listed_hashes));
  CANDOR_RETURN_IF_ERROR(
      CheckRegistrarThreshold(entry, config.registrar_keys, config.registrar_threshold));
  CANDOR_RETURN_IF_ERROR(CheckPossession(entry, listed_hashes));
  std::vector<KeyHash> expected = config.registrar_keys;
  expected.insert(expected.end(), listed_hashes.begin(), listed_hashes.end());
  CANDOR_RETURN_IF_ERROR(CheckNothingElse(entry, expected));
  CANDOR_RETURN_IF_ERROR(CheckAlgorithms(entry, listed));
  for (const EntrySignature& signature : entry.signatures()) {
    CANDOR_ASSIGN_OR_RETURN(std::optional<KeyRecord> key, registry.FindKey(signature.key));
    if (key) CANDOR_RETURN_IF_ERROR(CheckKeyAlgorithm(signature.key, key->algorithm, signature));
  }
  return CheckNoOverlap(registry, keyset.grant);
}

absl::Status AdmitProduct(const RegistryReader& registry, const Entry& entry,
                          const EntryContent& content, uint64_t index) {
  for (const EntrySignature& signature : entry.signatures()) {
    CANDOR_ASSIGN_OR_RETURN(std::optional<KeyRecord> key, registry.FindKey(signature.key));
    CANDOR_RETURN_IF_ERROR(CheckProductKey(signature.key, key, content, index));
    CANDOR_RETURN_IF_ERROR(CheckKeyAlgorithm(signature.key, key->algorithm, signature));
  }
  return absl::OkStatus();
}

absl::Status CheckInlineRule(const Entry& entry, uint64_t inline_limit, bool is_registry_entry) {
  bool must_be_inline = is_registry_entry || entry.payload_size() <= inline_limit;
  if (entry.is_inline() == must_be_inline) return absl::OkStatus();
  return Refuse(
      absl::StatusCode::kInvalidArgument, "INLINE_RULE",
      absl::StrCat("the payload of ", entry.payload_size(), " bytes must ",
                   must_be_inline ? "" : "not ", "be inline; the log's limit is ", inline_limit));
}

absl::Status CheckPayloadSize(const Entry& entry, uint64_t max_payload) {
  if (entry.payload_size() <= max_payload) return absl::OkStatus();
  return Refuse(absl::StatusCode::kInvalidArgument, "PAYLOAD_TOO_LARGE",
                absl::StrCat("the payload has ", entry.payload_size(),
                             " bytes; the log's limit is ", max_payload));
}

absl::Status NotTheFirst() {
  return Refuse(absl::StatusCode::kInvalidArgument, "FIRST_ENTRY_NOT_CONFIG",
                "entry 0 must be the log-config version 1, and no other entry may be");
}

absl::Status CheckPlace(const std::optional<LogConfigRecord>& config, const EntryContent& content,
                        uint64_t index) {
  bool is_first = index == 0;
  if (is_first == (content.kind == PredicateKind::kLogConfig) && is_first == !config) {
    return absl::OkStatus();
  }
  return NotTheFirst();
}

}  // namespace

absl::Status Admit(const RegistryReader& registry, const Entry& entry, const EntryContent& content,
                   uint64_t index) {
  if (content.statement_id != entry.statement_id()) {
    return Refuse(absl::StatusCode::kInvalidArgument, "PAYLOAD_MISMATCH",
                  "the content given is not the entry's");
  }
  CANDOR_ASSIGN_OR_RETURN(std::optional<LogConfigRecord> config, registry.FindLogConfig());
  CANDOR_RETURN_IF_ERROR(CheckPlace(config, content, index));
  uint64_t inline_limit = config ? config->inline_limit_bytes : 0;
  CANDOR_RETURN_IF_ERROR(CheckInlineRule(entry, inline_limit, IsRegistryKind(content.kind)));
  if (content.log_config) return AdmitLogConfig(registry, entry, *content.log_config);
  if (content.keyset) return AdmitKeyset(registry, entry, *config, *content.keyset);
  CANDOR_RETURN_IF_ERROR(CheckPayloadSize(entry, config->max_payload_bytes));
  return AdmitProduct(registry, entry, content, index);
}

absl::Status Admit(const RegistryReader& registry, const Entry& entry, uint64_t index) {
  CANDOR_ASSIGN_OR_RETURN(EntryContent content, ExamineEntry(entry));
  return Admit(registry, entry, content, index);
}

absl::Status Admit(const RegistryReader& registry, const Entry& entry, std::string_view payload,
                   uint64_t index) {
  CANDOR_ASSIGN_OR_RETURN(EntryContent content, ExamineEntry(entry, payload));
  return Admit(registry, entry, content, index);
}

absl::Status CheckWithoutPayload(const RegistryReader& registry, const Entry& entry,
                                 uint64_t index) {
  if (entry.is_inline()) return absl::OkStatus();
  CANDOR_ASSIGN_OR_RETURN(std::optional<LogConfigRecord> config, registry.FindLogConfig());
  // A registry entry, as the first one is, has its payload inline: this is none.
  if (index == 0 || !config) return NotTheFirst();
  if (entry.payload_type() != kInTotoPayloadType) {
    return Refuse(absl::StatusCode::kInvalidArgument, "PAYLOAD_TYPE_UNSUPPORTED",
                  absl::StrCat("payloadType must be ", kInTotoPayloadType));
  }
  CANDOR_RETURN_IF_ERROR(CheckInlineRule(entry, config->inline_limit_bytes, false));
  CANDOR_RETURN_IF_ERROR(CheckPayloadSize(entry, config->max_payload_bytes));
  for (const EntrySignature& signature : entry.signatures()) {
    CANDOR_ASSIGN_OR_RETURN(std::optional<KeyRecord> key, registry.FindKey(signature.key));
    CANDOR_RETURN_IF_ERROR(CheckSigningKey(signature.key, key, index));
    CANDOR_RETURN_IF_ERROR(CheckKeyAlgorithm(signature.key, key->algorithm, signature));
  }
  return absl::OkStatus();
}

}  // namespace candor
