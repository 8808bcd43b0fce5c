// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/crypto/hash.h"
#include "core/merkle/hasher.h"
#include "log/storage/stored_tile.h"

// The truth of a log, as semantics: entries, full tiles, registry records, and the head that says
// how much of them exists. What lies at an index >= head.tree_size does not exist. Entries and full
// tiles never change once written; partial tiles are not stored (they are prefixes, and the right
// edge can be computed from the entries).

namespace candor {

// What the store knows about its own end. One value identifies one state of the log.
struct StoredHead {
  uint64_t tree_size = 0;
  Hash root = EmptyRoot();
  uint64_t sequence = 0;  // counts appends, 0 before the first
  Hash registry_digest;   // see log/sequencer/registry_digest.h; all zero before the first

  friend bool operator==(const StoredHead&, const StoredHead&) = default;
};

// One change of the registry's record table. Keys and values are opaque here.
struct RegistryMutation {
  std::string key;                   // not empty
  std::optional<std::string> value;  // nullopt removes the record

  friend bool operator==(const RegistryMutation&, const RegistryMutation&) = default;
};

struct RegistryRecord {
  std::string key;
  std::string value;

  friend bool operator==(const RegistryRecord&, const RegistryRecord&) = default;
};

// The derived look-up rows of one new entry. Row i belongs to entry i of the request.
struct IndexRow {
  Hash statement_id;
  Hash leaf_hash;
};

// One atomic step from `expected` to `next`.
struct AppendRequest {
  StoredHead expected;
  StoredHead next;                   // tree_size = expected's + entries, sequence = expected's + 1
  std::vector<std::string> entries;  // at least one, each 1..65,535 bytes
  std::vector<StoredTile> full_tiles;  // exactly those that `next` completes, in NewTiles' order
  std::vector<RegistryMutation> registry;  // in order; a later one for the same key wins
  std::vector<IndexRow> index_rows;        // one for each entry
};

struct Committed {};
// The head is not the expected one; nothing was written.
struct Conflict {
  StoredHead actual;
};
// It is not known whether the append will be found after a restart. The caller must stop, read the
// head again, and then adopt it or halt.
struct Unknown {
  absl::Status cause;
};
using AppendOutcome = std::variant<Committed, Conflict, Unknown>;

// A consistent view of one head. Thread-safe. Must not outlive its store; hold it shortly.
class LogSnapshot {
 public:
  virtual ~LogSnapshot() = default;

  virtual const StoredHead& head() const = 0;

  // Entries [start, end) in order, cut after the last one with which they are at most `max_bytes`
  // together, but never fewer than one. OUT_OF_RANGE unless start < end <= head().tree_size;
  // DATA_LOSS when the store does not have one of them.
  virtual absl::StatusOr<std::vector<std::string>> ReadEntries(uint64_t start, uint64_t end,
                                                               size_t max_bytes) const = 0;

  // Full tiles, as many and in the same order, read in one go. OUT_OF_RANGE when one is not full in
  // head()'s tree; DATA_LOSS when the store does not have it.
  virtual absl::StatusOr<std::vector<StoredTile>> ReadFullTiles(
      absl::Span<const StoredTileId> tiles) const = 0;

  // nullopt when there is no such record.
  virtual absl::StatusOr<std::optional<std::string>> ReadRegistryRecord(
      const std::string& key) const = 0;

  // Up to `limit` records with key > `after`, ascending by key; fewer only at the end. Pass ""
  // first.
  virtual absl::StatusOr<std::vector<RegistryRecord>> ReadRegistryRecords(const std::string& after,
                                                                          size_t limit) const = 0;
};

// Thread-safe. Errors of reading: DATA_LOSS when the store is damaged, UNAVAILABLE when it can not
// be read now.
class LogStore {
 public:
  virtual ~LogStore() = default;

  // Compare-and-set on the head. On Committed everything in the request is durable and visible to
  // later snapshots, atomically. A request that breaks the rules above is Unknown with an INTERNAL
  // cause, and nothing was written.
  virtual AppendOutcome Append(const AppendRequest& request) = 0;

  // The newest committed state. Whatever a snapshot shows is durable.
  virtual absl::StatusOr<std::unique_ptr<LogSnapshot>> GetSnapshot() const = 0;
};

// OK when `request` keeps the rules of AppendRequest; INTERNAL otherwise. For implementations.
absl::Status CheckAppendRequest(const AppendRequest& request);

}  // namespace candor
