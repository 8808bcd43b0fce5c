// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "core/attest/content.h"
#include "core/attest/registry_records.h"
#include "core/crypto/hash.h"

namespace candor {

// OK when a key with this record (nullopt: none) may sign some product statement at `index`: it is
// a signing key and not revoked. The reasons are Admit's.
absl::Status CheckSigningKey(const KeyHash& hash, const std::optional<KeyRecord>& key,
                             uint64_t index);

// OK when a key with this record (nullopt: none) may sign the product statement at `index`: as
// above, and its scope covers the kind and every purl. The reasons are Admit's.
absl::Status CheckProductKey(const KeyHash& hash, const std::optional<KeyRecord>& key,
                             const EntryContent& content, uint64_t index);

// OK when the signature states the key's own algorithm; else KEY_ALGORITHM_MISMATCH.
absl::Status CheckKeyAlgorithm(const KeyHash& hash, KeyAlgorithm algorithm,
                               const EntrySignature& signature);

}  // namespace candor
