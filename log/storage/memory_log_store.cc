// SPDX-License-Identifier: Apache-2.0
#include "log/storage/memory_log_store.h"

#include <map>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "base/mutex.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"
#include "log/storage/snapshot_bounds.h"

namespace candor {

class MemoryDisk {
 public:
  using Registry = std::map<std::string, std::string>;
  using Rows = absl::flat_hash_map<Hash, std::vector<uint64_t>>;

  Mutex mutex;
  StoredHead head ABSL_GUARDED_BY(mutex);
  std::vector<std::string> entries ABSL_GUARDED_BY(mutex);
  std::map<StoredTileId, StoredTile> tiles ABSL_GUARDED_BY(mutex);
  // Replaced, never changed, so that snapshots keep theirs.
  std::shared_ptr<const Registry> registry ABSL_GUARDED_BY(mutex) =
      std::make_shared<const Registry>();
  Rows by_statement ABSL_GUARDED_BY(mutex);
  Rows by_leaf ABSL_GUARDED_BY(mutex);
  std::optional<StoredCheckpoint> last_signed ABSL_GUARDED_BY(mutex);
  std::map<uint64_t, std::string> published ABSL_GUARDED_BY(mutex);
};

namespace {

using Registry = MemoryDisk::Registry;

class MemorySnapshot final : public LogSnapshot {
 public:
  MemorySnapshot(std::shared_ptr<MemoryDisk> disk, const StoredHead& head,
                 std::shared_ptr<const Registry> registry)
      : disk_(std::move(disk)), head_(head), registry_(std::move(registry)) {}

  const StoredHead& head() const override { return head_; }

  absl::StatusOr<std::vector<std::string>> ReadEntries(uint64_t start, uint64_t end,
                                                       size_t max_bytes) const override {
    CANDOR_RETURN_IF_ERROR(CheckEntryRange(start, end, head_.tree_size));
    std::vector<std::string> entries;
    size_t bytes = 0;
    MutexLock lock(&disk_->mutex);
    for (uint64_t i = start; i < end; ++i) {
      const std::string& entry = disk_->entries[i];
      bytes += entry.size();
      if (bytes > max_bytes && !entries.empty()) break;
      entries.push_back(entry);
    }
    return entries;
  }

  absl::StatusOr<std::vector<StoredTile>> ReadFullTiles(
      absl::Span<const StoredTileId> ids) const override {
    CANDOR_RETURN_IF_ERROR(CheckFullTiles(ids, head_.tree_size));
    std::vector<StoredTile> tiles;
    MutexLock lock(&disk_->mutex);
    for (const StoredTileId& id : ids) tiles.push_back(disk_->tiles.at(id));
    return tiles;
  }

  absl::StatusOr<std::optional<std::string>> ReadRegistryRecord(
      const std::string& key) const override {
    const auto it = registry_->find(key);
    if (it == registry_->end()) return std::nullopt;
    return std::optional<std::string>(it->second);
  }

  absl::StatusOr<std::vector<RegistryRecord>> ReadRegistryRecords(const std::string& after,
                                                                  size_t limit) const override {
    std::vector<RegistryRecord> records;
    for (auto it = registry_->upper_bound(after); it != registry_->end() && records.size() < limit;
         ++it) {
      records.push_back({it->first, it->second});
    }
    return records;
  }

 private:
  const std::shared_ptr<MemoryDisk> disk_;
  const StoredHead head_;
  const std::shared_ptr<const Registry> registry_;
};

std::shared_ptr<const Registry> Mutated(const Registry& old,
                                        absl::Span<const RegistryMutation> mutations) {
  auto registry = std::make_shared<Registry>(old);
  for (const RegistryMutation& mutation : mutations) {
    if (mutation.value.has_value()) {
      (*registry)[mutation.key] = *mutation.value;
    } else {
      registry->erase(mutation.key);
    }
  }
  return registry;
}

std::vector<uint64_t> Find(const MemoryDisk::Rows& rows, const Hash& hash, uint64_t from,
                           size_t limit) {
  std::vector<uint64_t> found;
  const auto it = rows.find(hash);
  if (it == rows.end()) return found;
  for (const uint64_t index : it->second) {
    if (index >= from && found.size() < limit) found.push_back(index);
  }
  return found;
}

template <typename Map, typename Iterator>
std::optional<StoredCheckpoint> Found(const Map& map, Iterator it) {
  if (it == map.end()) return std::nullopt;
  return StoredCheckpoint{it->first, it->second};
}

}  // namespace

std::shared_ptr<MemoryDisk> NewMemoryDisk() { return std::make_shared<MemoryDisk>(); }

MemoryLogStore::MemoryLogStore() : MemoryLogStore(NewMemoryDisk()) {}
MemoryLogStore::MemoryLogStore(std::shared_ptr<MemoryDisk> disk) : disk_(std::move(disk)) {}
MemoryLogStore::~MemoryLogStore() = default;

AppendOutcome MemoryLogStore::Append(const AppendRequest& request) {
  if (absl::Status status = CheckAppendRequest(request); !status.ok()) return Unknown{status};
  MutexLock lock(&disk_->mutex);
  if (disk_->head != request.expected) return Conflict{disk_->head};
  for (size_t i = 0; i < request.entries.size(); ++i) {
    const uint64_t index = request.expected.tree_size + i;
    disk_->entries.push_back(request.entries[i]);
    disk_->by_statement[request.index_rows[i].statement_id].push_back(index);
    disk_->by_leaf[request.index_rows[i].leaf_hash].push_back(index);
  }
  for (const StoredTile& tile : request.full_tiles) disk_->tiles.emplace(tile.id, tile);
  if (!request.registry.empty()) disk_->registry = Mutated(*disk_->registry, request.registry);
  disk_->head = request.next;
  return Committed{};
}

absl::StatusOr<std::unique_ptr<LogSnapshot>> MemoryLogStore::GetSnapshot() const {
  MutexLock lock(&disk_->mutex);
  return std::make_unique<MemorySnapshot>(disk_, disk_->head, disk_->registry);
}

absl::StatusOr<std::vector<uint64_t>> MemoryLogStore::FindByStatement(const Hash& statement_id,
                                                                      uint64_t from,
                                                                      size_t limit) const {
  MutexLock lock(&disk_->mutex);
  return Find(disk_->by_statement, statement_id, from, limit);
}

absl::StatusOr<std::vector<uint64_t>> MemoryLogStore::FindByLeaf(const Hash& leaf_hash,
                                                                 uint64_t from,
                                                                 size_t limit) const {
  MutexLock lock(&disk_->mutex);
  return Find(disk_->by_leaf, leaf_hash, from, limit);
}

absl::StatusOr<uint64_t> MemoryLogStore::applied_size() const {
  MutexLock lock(&disk_->mutex);
  return disk_->head.tree_size;
}

absl::Status MemoryLogStore::PutSigned(uint64_t tree_size, std::string_view note) {
  MutexLock lock(&disk_->mutex);
  CANDOR_RETURN_IF_ERROR(CheckCheckpointPut(disk_->last_signed, tree_size, note));
  disk_->last_signed = StoredCheckpoint{tree_size, std::string(note)};
  return absl::OkStatus();
}

absl::StatusOr<std::optional<StoredCheckpoint>> MemoryLogStore::LastSigned() const {
  MutexLock lock(&disk_->mutex);
  return disk_->last_signed;
}

absl::Status MemoryLogStore::PutPublished(uint64_t tree_size, std::string_view note) {
  MutexLock lock(&disk_->mutex);
  std::optional<StoredCheckpoint> last;
  if (!disk_->published.empty()) last = Found(disk_->published, --disk_->published.end());
  CANDOR_RETURN_IF_ERROR(CheckCheckpointPut(last, tree_size, note));
  disk_->published[tree_size] = std::string(note);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<StoredCheckpoint>> MemoryLogStore::LastPublished() const {
  MutexLock lock(&disk_->mutex);
  if (disk_->published.empty()) return std::nullopt;
  return Found(disk_->published, --disk_->published.end());
}

absl::StatusOr<std::optional<StoredCheckpoint>> MemoryLogStore::PublishedAt(
    uint64_t tree_size) const {
  MutexLock lock(&disk_->mutex);
  return Found(disk_->published, disk_->published.find(tree_size));
}

absl::StatusOr<std::optional<StoredCheckpoint>> MemoryLogStore::PublishedAtOrAfter(
    uint64_t tree_size) const {
  MutexLock lock(&disk_->mutex);
  return Found(disk_->published, disk_->published.lower_bound(tree_size));
}

}  // namespace candor
