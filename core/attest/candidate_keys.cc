// SPDX-License-Identifier: Apache-2.0
#include "core/attest/candidate_keys.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr size_t kMaxPurlLookups = 4;

}  // namespace

bool CandidateKeys::IsKeyHash(std::string_view keyid) { return Hash::FromHex(keyid).ok(); }

absl::StatusOr<std::optional<PublicKey>> CandidateKeys::Named(std::string_view keyid) {
  absl::StatusOr<Hash> hash = Hash::FromHex(keyid);
  if (!hash.ok()) return std::optional<PublicKey>();
  if (IsRegistryKind(content_.kind)) {
    CANDOR_ASSIGN_OR_RETURN(std::vector<PublicKey> keys, RegistryEntryKeys());
    for (PublicKey& key : keys) {
      if (key.key_hash().value == *hash) return std::optional<PublicKey>(std::move(key));
    }
    return std::optional<PublicKey>();
  }
  CANDOR_ASSIGN_OR_RETURN(std::vector<PublicKey> keys, Load({KeyHash{*hash}}));
  if (keys.empty()) return std::optional<PublicKey>();
  return std::optional<PublicKey>(std::move(keys.front()));
}

absl::StatusOr<std::vector<PublicKey>> CandidateKeys::Others() {
  if (IsRegistryKind(content_.kind)) return RegistryEntryKeys();
  std::vector<KeyHash> hashes(hints_.begin(),
                              hints_.begin() + std::min(hints_.size(), kMaxVerifications));
  CANDOR_ASSIGN_OR_RETURN(std::vector<LoggedKey> logged,
                          registry_.FindLogged(content_.statement_id));
  for (const LoggedKey& each : logged) {
    if (hashes.size() < 2 * kMaxVerifications) hashes.push_back(each.key);
  }
  // A key that may sign has every purl in its scope, so the first few purls find it.
  std::vector<KeyHash> by_purl;
  for (size_t i = 0; i < std::min(content_.purls.size(), kMaxPurlLookups); ++i) {
    CANDOR_RETURN_IF_ERROR(AddVendorKeys(content_.purls[i], by_purl));
  }
  hashes.insert(hashes.end(), by_purl.begin(), by_purl.end());
  return Load(hashes);
}

absl::StatusOr<std::vector<PublicKey>> CandidateKeys::RegistryEntryKeys() {
  if (registry_entry_keys_) return *registry_entry_keys_;
  if (content_.log_config) return content_.log_config->registrar_keys;
  std::vector<PublicKey> keys;
  CANDOR_ASSIGN_OR_RETURN(std::optional<LogConfigRecord> config, registry_.FindLogConfig());
  if (config) {
    CANDOR_ASSIGN_OR_RETURN(keys, Load(config->registrar_keys));
  }
  if (content_.keyset) {
    for (PublicKey& key : KeysetKeys(*content_.keyset)) keys.push_back(std::move(key));
  }
  registry_entry_keys_ = keys;
  return keys;
}

absl::Status CandidateKeys::AddVendorKeys(const Purl& purl, std::vector<KeyHash>& hashes) const {
  CANDOR_ASSIGN_OR_RETURN(std::optional<std::string> vendor, registry_.FindVendor(purl));
  if (!vendor) return absl::OkStatus();
  CANDOR_ASSIGN_OR_RETURN(std::optional<ParticipantRecord> participant,
                          registry_.FindParticipant(*vendor));
  if (!participant) return absl::OkStatus();
  for (const KeyHash& key : participant->keys) {
    bool known = std::find(hashes.begin(), hashes.end(), key) != hashes.end();
    if (!known && hashes.size() < kMaxCandidateKeysByPurl) hashes.push_back(key);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<PublicKey>> CandidateKeys::Load(
    const std::vector<KeyHash>& hashes) const {
  std::vector<PublicKey> keys;
  std::set<KeyHash> seen;
  for (const KeyHash& hash : hashes) {
    if (!seen.insert(hash).second) continue;
    CANDOR_ASSIGN_OR_RETURN(std::optional<KeyRecord> record, registry_.FindKey(hash));
    if (!record) continue;
    CANDOR_ASSIGN_OR_RETURN(PublicKey key, record->public_key());
    keys.push_back(std::move(key));
  }
  return keys;
}

}  // namespace candor
