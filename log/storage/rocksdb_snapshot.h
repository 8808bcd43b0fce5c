// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "log/storage/log_store.h"
#include "log/storage/rocksdb_database.h"

namespace candor {

// A LogSnapshot over a RocksDB snapshot. Private to log/storage.
class RocksDbSnapshot final : public LogSnapshot {
 public:
  static absl::StatusOr<std::unique_ptr<LogSnapshot>> Take(const RocksDbDatabase* database);
  ~RocksDbSnapshot() override;
  RocksDbSnapshot(const RocksDbSnapshot&) = delete;
  RocksDbSnapshot& operator=(const RocksDbSnapshot&) = delete;

  const StoredHead& head() const override { return head_; }
  absl::StatusOr<std::vector<std::string>> ReadEntries(uint64_t start, uint64_t end,
                                                       size_t max_bytes) const override;
  absl::StatusOr<std::vector<StoredTile>> ReadFullTiles(
      absl::Span<const StoredTileId> ids) const override;
  absl::StatusOr<std::optional<std::string>> ReadRegistryRecord(
      const std::string& key) const override;
  absl::StatusOr<std::vector<RegistryRecord>> ReadRegistryRecords(const std::string& after,
                                                                  size_t limit) const override;

 private:
  RocksDbSnapshot(const RocksDbDatabase* database, const rocksdb::Snapshot* snapshot)
      : database_(database), snapshot_(snapshot) {}
  rocksdb::ReadOptions Reading() const;
  absl::StatusOr<std::vector<std::string>> ReadOneEntry(uint64_t index) const;

  const RocksDbDatabase* const database_;
  const rocksdb::Snapshot* const snapshot_;
  StoredHead head_;
};

}  // namespace candor
