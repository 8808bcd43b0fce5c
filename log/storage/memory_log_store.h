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

namespace candor {

// What a MemoryLogStore keeps; outlives the store so that tests can "reopen" it.
class MemoryDisk;
std::shared_ptr<MemoryDisk> NewMemoryDisk();

// The fake: everything in memory, every append "durable" at once. Thread-safe.
class MemoryLogStore final : public LogStore, public LogIndex, public CheckpointStore {
 public:
  MemoryLogStore();  // A new log.
  explicit MemoryLogStore(std::shared_ptr<MemoryDisk> disk);
  ~MemoryLogStore() override;

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
  const std::shared_ptr<MemoryDisk> disk_;
};

}  // namespace candor
