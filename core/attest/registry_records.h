// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/attest/purl_prefix.h"
#include "core/attest/scope.h"
#include "core/crypto/hash.h"
#include "core/crypto/public_key.h"

// The rows of the registry's table: keys, values and their encoding. Row keys begin with one letter
// per table: 'c' the configuration, 'k' keys, 'p' participants, 'v' vendors' purl prefixes.

namespace candor {

// The log-config in force.
struct LogConfigRecord {
  uint64_t index = 0;  // Of the entry that says so.
  Hash entry_hash;     // SHA-256 of that entry.
  uint64_t version = 1;
  uint64_t rules = 1;
  uint32_t registrar_threshold = 1;
  std::vector<KeyHash> registrar_keys;
  std::vector<KeyHash> state_keys;
  uint64_t inline_limit_bytes = 0;
  uint64_t max_payload_bytes = 0;
};

enum class KeyUse : uint8_t { kRegistrar = 1, kState = 2, kRoot = 3, kSigning = 4 };

// A key that was ever enrolled. It is never removed: a key belongs to one participant for ever.
struct KeyRecord {
  KeyUse use = KeyUse::kSigning;
  KeyAlgorithm algorithm = KeyAlgorithm::kEd25519;
  std::string spki;
  uint64_t index = 0;                  // Of the entry that enrolled it.
  std::string participant;             // "" for the log's own keys.
  Scope scope;                         // Of signing keys.
  std::optional<uint64_t> revoked_at;  // Index from which on it is not accepted.

  // INTERNAL with reason REGISTRY_CORRUPT when spki is not a key.
  absl::StatusOr<PublicKey> public_key() const;
};

struct ParticipantRecord {
  uint64_t index = 0;  // Of the newest keyset entry.
  Hash entry_hash;     // SHA-256 of that entry.
  uint64_t version = 1;
  uint32_t threshold = 1;
  std::vector<KeyHash> roots;
  std::vector<KeyHash> keys;  // Signing keys.
  Grant grant;
  std::string contact;
};

std::string LogConfigRowKey();
std::string KeyRowKey(const KeyHash& key);
std::string ParticipantRowKey(std::string_view name);
// Of a vendor's prefix or product path; the row's value is the vendor's name. A path's key is a
// bytewise prefix of the keys of what lies below it.
std::string VendorRowKey(std::string_view type, absl::Span<const std::string> path,
                         std::string_view identity);

std::string EncodeLogConfigRecord(const LogConfigRecord& record);
std::string EncodeKeyRecord(const KeyRecord& record);
std::string EncodeParticipantRecord(const ParticipantRecord& record);

// INTERNAL with reason REGISTRY_CORRUPT: these bytes are our own.
absl::StatusOr<LogConfigRecord> DecodeLogConfigRecord(std::string_view bytes);
absl::StatusOr<KeyRecord> DecodeKeyRecord(std::string_view bytes);
absl::StatusOr<ParticipantRecord> DecodeParticipantRecord(std::string_view bytes);

}  // namespace candor
