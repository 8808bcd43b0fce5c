// SPDX-License-Identifier: Apache-2.0
#include "core/attest/verify_entry.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/attest/admit.h"
#include "core/attest/dsse.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

// The keys that a registry entry lists itself.
std::vector<PublicKey> OwnKeys(const EntryContent& content) {
  if (content.log_config) return content.log_config->registrar_keys;
  if (content.keyset) return KeysetKeys(*content.keyset);
  return {};
}

absl::StatusOr<PublicKey> FindPublicKey(const KeyHash& hash, const std::vector<PublicKey>& own,
                                        const RegistryReader& registry) {
  auto listed = std::find_if(own.begin(), own.end(),
                             [&hash](const PublicKey& key) { return key.key_hash() == hash; });
  if (listed != own.end()) return *listed;
  CANDOR_ASSIGN_OR_RETURN(std::optional<KeyRecord> record, registry.FindKey(hash));
  if (record) return record->public_key();
  return Refuse(absl::StatusCode::kPermissionDenied, "KEY_NOT_ENROLLED",
                absl::StrCat("the key ", hash.hex(), " is not enrolled in this log"));
}

absl::Status Replay(MemoryRegistry& registry, const Entry& entry, const EntryContent& content,
                    std::string_view payload, uint64_t index) {
  CANDOR_RETURN_IF_ERROR(VerifyEntrySignatures(entry, content, payload, registry));
  CANDOR_RETURN_IF_ERROR(Admit(registry, entry, content, index));
  CANDOR_ASSIGN_OR_RETURN(RegistryDelta delta, Apply(registry, entry, content, index));
  registry.Commit(delta);
  return absl::OkStatus();
}

}  // namespace

absl::Status VerifyEntrySignatures(const Entry& entry, const EntryContent& content,
                                   std::string_view payload, const RegistryReader& registry) {
  std::string message = Pae(entry.payload_type(), payload);
  if (Sha256(message) != entry.statement_id() || content.statement_id != entry.statement_id()) {
    return Refuse(absl::StatusCode::kInvalidArgument, "PAYLOAD_MISMATCH",
                  "the payload or content given is not the entry's");
  }
  std::vector<PublicKey> own = OwnKeys(content);
  for (const EntrySignature& signature : entry.signatures()) {
    CANDOR_ASSIGN_OR_RETURN(PublicKey key, FindPublicKey(signature.key, own, registry));
    if (key.algorithm() != signature.algorithm || !key.Verify(message, signature.signature).ok()) {
      return Refuse(absl::StatusCode::kPermissionDenied, "SIGNATURE_INVALID",
                    absl::StrCat("the signature by key ", signature.key.hex(), " does not verify"));
    }
  }
  return absl::OkStatus();
}

absl::Status VerifyEntrySignatures(const Entry& entry, const RegistryReader& registry) {
  CANDOR_ASSIGN_OR_RETURN(EntryContent content, ExamineEntry(entry));
  return VerifyEntrySignatures(entry, content, *entry.payload(), registry);
}

absl::Status VerifyEntrySignatures(const Entry& entry, std::string_view payload,
                                   const RegistryReader& registry) {
  CANDOR_ASSIGN_OR_RETURN(EntryContent content, ExamineEntry(entry, payload));
  return VerifyEntrySignatures(entry, content, payload, registry);
}

absl::Status ReplayEntry(MemoryRegistry& registry, const Entry& entry, uint64_t index) {
  CANDOR_ASSIGN_OR_RETURN(EntryContent content, ExamineEntry(entry));
  return Replay(registry, entry, content, *entry.payload(), index);
}

absl::Status ReplayEntry(MemoryRegistry& registry, const Entry& entry, std::string_view payload,
                         uint64_t index) {
  CANDOR_ASSIGN_OR_RETURN(EntryContent content, ExamineEntry(entry, payload));
  return Replay(registry, entry, content, payload, index);
}

}  // namespace candor
