// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/attest/content.h"
#include "core/attest/registry.h"
#include "core/crypto/hash.h"
#include "core/crypto/public_key.h"

namespace candor {

inline constexpr size_t kMaxVerifications = 32;  // Per envelope.
inline constexpr size_t kMaxCandidateKeysByPurl = 16;

// Which keys may have signed an envelope (see Resolve). Everything given to the constructor
// outlives it.
class CandidateKeys {
 public:
  CandidateKeys(const EntryContent& content, const RegistryReader& registry,
                absl::Span<const KeyHash> hints)
      : content_(content), registry_(registry), hints_(hints) {}

  // Whether a keyid has the form of a key hash: 64 lower-case hex digits.
  static bool IsKeyHash(std::string_view keyid);

  // The key whose hash the keyid is, if it may sign this kind of statement at all.
  absl::StatusOr<std::optional<PublicKey>> Named(std::string_view keyid);

  // The keys to try for a signature that names none, in this order, each once.
  absl::StatusOr<std::vector<PublicKey>> Others();

 private:
  absl::StatusOr<std::vector<PublicKey>> RegistryEntryKeys();
  absl::Status AddVendorKeys(const Purl& purl, std::vector<KeyHash>& hashes) const;
  absl::StatusOr<std::vector<PublicKey>> Load(const std::vector<KeyHash>& hashes) const;

  const EntryContent& content_;
  const RegistryReader& registry_;
  absl::Span<const KeyHash> hints_;
  std::optional<std::vector<PublicKey>> registry_entry_keys_;  // Once they were loaded.
};

}  // namespace candor
