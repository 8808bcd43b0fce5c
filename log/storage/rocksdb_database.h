// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/dir_lock.h"
#include "log/storage/rocksdb_options.h"
#include "log/storage/rocksdb_schema.h"
#include "rocksdb/db.h"

namespace candor {

// An open database with its lock. Private to log/storage. Thread-safe.
class RocksDbDatabase {
 public:
  // As RocksDbLogStore::Create and Open.
  static absl::StatusOr<std::unique_ptr<RocksDbDatabase>> Create(
      const RocksDbLogStoreOptions& options);
  static absl::StatusOr<std::unique_ptr<RocksDbDatabase>> Open(
      const RocksDbLogStoreOptions& options);

  ~RocksDbDatabase();
  RocksDbDatabase(const RocksDbDatabase&) = delete;
  RocksDbDatabase& operator=(const RocksDbDatabase&) = delete;

  rocksdb::DB* db() const { return db_.get(); }
  rocksdb::ColumnFamilyHandle* family(Family family) const {
    return handles_[static_cast<size_t>(family)];
  }

  // The value of a meta key, from `snapshot` or as of now; nullopt when there is none.
  absl::StatusOr<std::optional<std::string>> GetMeta(
      std::string_view key, const rocksdb::Snapshot* snapshot = nullptr) const;
  // The head of a store that exists: never missing.
  absl::StatusOr<StoredHead> ReadHead(const rocksdb::Snapshot* snapshot = nullptr) const;

  absl::Status Flush();

 private:
  enum class Mode { kReadOnly, kExisting, kNew };

  RocksDbDatabase() = default;
  static absl::StatusOr<std::unique_ptr<RocksDbDatabase>> OpenDb(
      const RocksDbLogStoreOptions& options, Mode mode);
  absl::Status WriteMeta(const std::string& origin);
  absl::Status CheckMeta(const RocksDbLogStoreOptions& options) const;

  std::unique_ptr<DirLock> lock_;  // released last
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
};

}  // namespace candor
