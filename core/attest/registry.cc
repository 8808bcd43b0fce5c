// SPDX-License-Identifier: Apache-2.0
#include "core/attest/registry.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

template <typename Record>
absl::StatusOr<std::optional<Record>> FindRow(const RegistryReader& registry, std::string_view key,
                                              absl::StatusOr<Record> (*decode)(std::string_view)) {
  CANDOR_ASSIGN_OR_RETURN(std::optional<std::string> value, registry.Get(key));
  if (!value) return std::optional<Record>();
  CANDOR_ASSIGN_OR_RETURN(Record record, decode(*value));
  return std::optional<Record>(std::move(record));
}

// The vendor with a granted prefix at the path or above it.
absl::StatusOr<std::optional<std::string>> FindVendorAtOrAbove(const RegistryReader& registry,
                                                               std::string_view type,
                                                               absl::Span<const std::string> path,
                                                               std::string_view identity) {
  for (size_t length = 1; length <= path.size(); ++length) {
    CANDOR_ASSIGN_OR_RETURN(std::optional<std::string> vendor,
                            registry.Get(VendorRowKey(type, path.first(length), identity)));
    if (vendor) return vendor;
  }
  return std::optional<std::string>();
}

std::vector<KeyHash> HashesOf(const std::vector<PublicKey>& keys) {
  std::vector<KeyHash> hashes;
  for (const PublicKey& key : keys) hashes.push_back(key.key_hash());
  return hashes;
}

RegistryRow KeyRow(const PublicKey& key, KeyRecord record) {
  record.algorithm = key.algorithm();
  record.spki = key.spki();
  return {KeyRowKey(key.key_hash()), EncodeKeyRecord(record)};
}

void ApplyLogConfig(const LogConfig& config, const Hash& entry_hash, uint64_t index,
                    RegistryDelta& delta) {
  LogConfigRecord record{.index = index,
                         .entry_hash = entry_hash,
                         .version = config.version,
                         .rules = config.rules,
                         .registrar_threshold = config.registrar_threshold,
                         .registrar_keys = HashesOf(config.registrar_keys),
                         .state_keys = HashesOf(config.state_keys),
                         .inline_limit_bytes = config.inline_limit_bytes,
                         .max_payload_bytes = config.max_payload_bytes};
  delta.rows.push_back({LogConfigRowKey(), EncodeLogConfigRecord(record)});
  KeyRecord key_record;
  key_record.index = index;
  key_record.use = KeyUse::kRegistrar;
  for (const PublicKey& key : config.registrar_keys) delta.rows.push_back(KeyRow(key, key_record));
  key_record.use = KeyUse::kState;
  for (const PublicKey& key : config.state_keys) delta.rows.push_back(KeyRow(key, key_record));
}

void ApplyKeyset(const ParticipantKeyset& keyset, const Hash& entry_hash, uint64_t index,
                 RegistryDelta& delta) {
  ParticipantRecord record{.index = index,
                           .entry_hash = entry_hash,
                           .version = keyset.version,
                           .threshold = keyset.threshold,
                           .roots = HashesOf(keyset.roots),
                           .keys = {},
                           .grant = keyset.grant,
                           .contact = keyset.contact};
  KeyRecord key_record;
  key_record.index = index;
  key_record.participant = keyset.participant;
  key_record.use = KeyUse::kRoot;
  for (const PublicKey& key : keyset.roots) delta.rows.push_back(KeyRow(key, key_record));
  key_record.use = KeyUse::kSigning;
  for (const SigningKey& key : keyset.keys) {
    record.keys.push_back(key.key.key_hash());
    key_record.scope = key.scope;
    delta.rows.push_back(KeyRow(key.key, key_record));
  }
  delta.rows.push_back({ParticipantRowKey(keyset.participant), EncodeParticipantRecord(record)});
  if (keyset.grant.role != Role::kVendor) return;
  for (const PurlPrefix& prefix : keyset.grant.scope.purl_prefixes) {
    delta.rows.push_back(
        {VendorRowKey(prefix.type(), prefix.path(), prefix.identity()), keyset.participant});
  }
}

absl::Status ApplySignatures(const RegistryReader& registry, const Entry& entry, uint64_t index,
                             RegistryDelta& delta) {
  CANDOR_ASSIGN_OR_RETURN(std::vector<LoggedKey> logged, registry.FindLogged(entry.statement_id()));
  for (const EntrySignature& signature : entry.signatures()) {
    bool known = std::any_of(logged.begin(), logged.end(), [&signature](const LoggedKey& each) {
      return each.key == signature.key;
    });
    if (!known) delta.logged.push_back({entry.statement_id(), signature.key, index});
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::optional<LogConfigRecord>> RegistryReader::FindLogConfig() const {
  return FindRow(*this, LogConfigRowKey(), &DecodeLogConfigRecord);
}

absl::StatusOr<std::optional<KeyRecord>> RegistryReader::FindKey(const KeyHash& key) const {
  return FindRow(*this, KeyRowKey(key), &DecodeKeyRecord);
}

absl::StatusOr<std::optional<ParticipantRecord>> RegistryReader::FindParticipant(
    std::string_view name) const {
  return FindRow(*this, ParticipantRowKey(name), &DecodeParticipantRecord);
}

absl::StatusOr<std::optional<std::string>> RegistryReader::FindOverlappingVendor(
    const PurlPrefix& prefix) const {
  CANDOR_ASSIGN_OR_RETURN(
      std::optional<std::string> above,
      FindVendorAtOrAbove(*this, prefix.type(), prefix.path(), prefix.identity()));
  if (above) return above;
  CANDOR_ASSIGN_OR_RETURN(std::vector<RegistryRow> below,
                          Scan(VendorRowKey(prefix.type(), prefix.path(), prefix.identity()), 1));
  if (below.empty()) return std::optional<std::string>();
  return std::optional<std::string>(std::move(below.front().value));
}

absl::StatusOr<std::optional<std::string>> RegistryReader::FindVendor(const Purl& purl) const {
  return FindVendorAtOrAbove(*this, purl.type(), purl.path(), purl.identity());
}

absl::StatusOr<RegistryDelta> Apply(const RegistryReader& registry, const Entry& entry,
                                    const EntryContent& content, uint64_t index) {
  if (content.statement_id != entry.statement_id()) {
    return Refuse(absl::StatusCode::kInvalidArgument, "PAYLOAD_MISMATCH",
                  "the content given is not the entry's");
  }
  RegistryDelta delta;
  CANDOR_RETURN_IF_ERROR(ApplySignatures(registry, entry, index, delta));
  if (!IsRegistryKind(content.kind)) return delta;
  Hash entry_hash = Sha256(EncodeEntry(entry));
  if (content.log_config) ApplyLogConfig(*content.log_config, entry_hash, index, delta);
  if (content.keyset) ApplyKeyset(*content.keyset, entry_hash, index, delta);
  return delta;
}

}  // namespace candor
