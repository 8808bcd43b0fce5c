// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/attest/content.h"
#include "core/attest/entry.h"
#include "core/attest/registry_records.h"
#include "core/crypto/hash.h"

// The registry: what the log's own entries add up to. It is a pure fold over the entries into rows
// of a sorted key-value table, so that it need not fit in memory: a log stores the rows of each
// entry in the same write batch as the entry.

namespace candor {

// One change of the table: `value` replaces what is under `key`.
struct RegistryRow {
  std::string key;
  std::string value;
  friend bool operator==(const RegistryRow&, const RegistryRow&) = default;
};

// A key whose signature of a statement is in the log, and the first entry that has it.
struct LoggedKey {
  Hash statement_id;
  KeyHash key;
  uint64_t index = 0;
  friend bool operator==(const LoggedKey&, const LoggedKey&) = default;
};

// What an entry changes. Product statements change no row.
struct RegistryDelta {
  std::vector<RegistryRow> rows;
  std::vector<LoggedKey> logged;  // For a log that finds these by its own index: ignore.
};

// Reads the registry as of some tree size. Implementations supply the four virtual reads; an error
// that one returns (a failing store) comes back unchanged from the lookups, which give INTERNAL
// with reason REGISTRY_CORRUPT when a row does not decode. Const methods must be safe to call from
// several threads while nothing changes the registry.
class RegistryReader {
 public:
  virtual ~RegistryReader() = default;

  // The log that this is the registry of.
  virtual const std::string& origin() const = 0;
  virtual absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const = 0;
  // The first rows, ascending, whose key begins with `prefix`; at most `limit`.
  virtual absl::StatusOr<std::vector<RegistryRow>> Scan(std::string_view prefix,
                                                        size_t limit) const = 0;
  // Every key logged for the statement, in any order.
  virtual absl::StatusOr<std::vector<LoggedKey>> FindLogged(const Hash& statement_id) const = 0;

  // nullopt before entry 0.
  absl::StatusOr<std::optional<LogConfigRecord>> FindLogConfig() const;
  absl::StatusOr<std::optional<KeyRecord>> FindKey(const KeyHash& key) const;
  absl::StatusOr<std::optional<ParticipantRecord>> FindParticipant(std::string_view name) const;
  // Some vendor whose grant overlaps the prefix, either way.
  absl::StatusOr<std::optional<std::string>> FindOverlappingVendor(const PurlPrefix& prefix) const;
  // The vendor whose grant reaches to the product (grants never overlap, so there is at most one).
  absl::StatusOr<std::optional<std::string>> FindVendor(const Purl& purl) const;
};

// The fold: what `entry` at `index` changes. Call it for entries that Admit accepted under the same
// reader, in log order. INVALID_ARGUMENT when `content` is not the entry's.
absl::StatusOr<RegistryDelta> Apply(const RegistryReader& registry, const Entry& entry,
                                    const EntryContent& content, uint64_t index);

}  // namespace candor
