// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "log/storage/checkpoint_store.h"
#include "log/storage/log_index.h"
#include "log/storage/log_store.h"
#include "log/storage/rocksdb_options.h"

namespace candor {

// The embedded store. Appends are synced write batches; the index is written in the same batch.
// Thread-safe. Snapshots must be gone before the store is.
class RocksDbLogStore final : public LogStore, public LogIndex, public CheckpointStore {
 public:
  // Makes a new, empty store. ALREADY_EXISTS with reason STORE_EXISTS when the folder holds one;
  // otherwise as Open.
  static absl::StatusOr<std::unique_ptr<RocksDbLogStore>> Create(
      const RocksDbLogStoreOptions& options);

  // Opens an existing store. Refuses, before it changes anything in the folder:
  //   NOT_FOUND            "STORE_NOT_FOUND": no store there; make one with `candor-log init`
  //   FAILED_PRECONDITION  "FOLDER_IN_USE": another process holds it
  //                        "WRONG_ORIGIN": it is another log's
  //                        "FORMAT_TOO_NEW": written by a newer program
  //   DATA_LOSS            "STORE_DAMAGED": with what RocksDB says is damaged
  static absl::StatusOr<std::unique_ptr<RocksDbLogStore>> Open(
      const RocksDbLogStoreOptions& options);

  // Closes. Call Flush first for a quick next start; nothing is lost without it.
  ~RocksDbLogStore() override;
  RocksDbLogStore(const RocksDbLogStore&) = delete;
  RocksDbLogStore& operator=(const RocksDbLogStore&) = delete;

  // Writes what only the write-ahead log has into tables, so that the next start replays nothing.
  absl::Status Flush();

  AppendOutcome Append(const AppendRequest& request) override;
  absl::StatusOr<std::unique_ptr<LogSnapshot>> GetSnapshot() const override;

  absl::StatusOr<std::vector<uint64_t>> FindByStatement(const Hash& statement_id, uint64_t from,
                                                        size_t limit) const override;
  absl::StatusOr<std::vector<uint64_t>> FindByLeaf(const Hash& leaf_hash, uint64_t from,
                                                   size_t limit) const override;
  absl::StatusOr<uint64_t> applied_size() const override;

  absl::Status PutSigned(uint64_t tree_size, std::string_view note) override;
  absl::StatusOr<std::optional<StoredCheckpoint>> LastSigned() const override;
  absl::Status PutPublished(uint64_t tree_size, std::string_view note) override;
  absl::StatusOr<std::optional<StoredCheckpoint>> LastPublished() const override;
  absl::StatusOr<std::optional<StoredCheckpoint>> PublishedAt(uint64_t tree_size) const override;
  absl::StatusOr<std::optional<StoredCheckpoint>> PublishedAtOrAfter(
      uint64_t tree_size) const override;

 private:
  struct Database;  // everything that is RocksDB's
  explicit RocksDbLogStore(std::unique_ptr<Database> database);

  const std::unique_ptr<Database> db_;
};

}  // namespace candor
