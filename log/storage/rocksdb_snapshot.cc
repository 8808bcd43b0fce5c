// SPDX-License-Identifier: Apache-2.0
#include "log/storage/rocksdb_snapshot.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/util/status_macros.h"
#include "log/storage/rocksdb_schema.h"
#include "log/storage/snapshot_bounds.h"
#include "rocksdb/db.h"
#include "rocksdb/iterator.h"

namespace candor {
namespace {

absl::Status MissingEntry(uint64_t index) {
  return StoreDamaged(absl::StrCat("entry ", index, " is missing"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<LogSnapshot>> RocksDbSnapshot::Take(
    const RocksDbDatabase* database) {
  std::unique_ptr<RocksDbSnapshot> snapshot(
      new RocksDbSnapshot(database, database->db()->GetSnapshot()));
  CANDOR_ASSIGN_OR_RETURN(snapshot->head_, database->ReadHead(snapshot->snapshot_));
  return snapshot;
}

RocksDbSnapshot::~RocksDbSnapshot() { database_->db()->ReleaseSnapshot(snapshot_); }

rocksdb::ReadOptions RocksDbSnapshot::Reading() const {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot_;
  return options;
}

absl::StatusOr<std::vector<std::string>> RocksDbSnapshot::ReadOneEntry(uint64_t index) const {
  std::vector<std::string> entries(1);
  const rocksdb::Status status = database_->db()->Get(
      Reading(), database_->family(Family::kEntries), U64Key(index), &entries[0]);
  if (status.IsNotFound()) return MissingEntry(index);
  CANDOR_RETURN_IF_ERROR(FromRocksDb(status, absl::StrCat("read entry ", index)));
  return entries;
}

absl::StatusOr<std::vector<std::string>> RocksDbSnapshot::ReadEntries(uint64_t start, uint64_t end,
                                                                      size_t max_bytes) const {
  CANDOR_RETURN_IF_ERROR(CheckEntryRange(start, end, head_.tree_size));
  if (end - start == 1) return ReadOneEntry(start);
  const std::string upper_key = U64Key(end);
  const rocksdb::Slice upper = upper_key;
  rocksdb::ReadOptions options = Reading();
  options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> it(
      database_->db()->NewIterator(options, database_->family(Family::kEntries)));
  std::vector<std::string> entries;
  size_t bytes = 0;
  uint64_t index = start;
  for (it->Seek(U64Key(start)); it->Valid() && index < end; it->Next(), ++index) {
    if (ToView(it->key()) != U64Key(index)) return MissingEntry(index);
    bytes += it->value().size();
    if (bytes > max_bytes && !entries.empty()) return entries;
    entries.push_back(it->value().ToString());
  }
  CANDOR_RETURN_IF_ERROR(FromRocksDb(it->status(), absl::StrCat("read entry ", index)));
  if (index < end) return MissingEntry(index);
  return entries;
}

absl::StatusOr<std::vector<StoredTile>> RocksDbSnapshot::ReadFullTiles(
    absl::Span<const StoredTileId> ids) const {
  CANDOR_RETURN_IF_ERROR(CheckFullTiles(ids, head_.tree_size));
  std::vector<StoredTile> tiles;
  if (ids.empty()) return tiles;
  std::vector<std::string> keys;
  keys.reserve(ids.size());
  for (const StoredTileId& id : ids) keys.push_back(TileKey(id));
  const std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
  std::vector<rocksdb::PinnableSlice> values(ids.size());
  std::vector<rocksdb::Status> statuses(ids.size());
  database_->db()->MultiGet(Reading(), database_->family(Family::kTiles), ids.size(), slices.data(),
                            values.data(), statuses.data());
  tiles.reserve(ids.size());
  for (size_t i = 0; i < ids.size(); ++i) {
    CANDOR_RETURN_IF_ERROR(
        FromRocksDb(statuses[i], absl::StrCat("read tile ", int{ids[i].level}, "/", ids[i].index)));
    CANDOR_ASSIGN_OR_RETURN(StoredTile tile, StoredTile::Decode(ids[i], ToView(values[i])));
    tiles.push_back(std::move(tile));
  }
  return tiles;
}

absl::StatusOr<std::optional<std::string>> RocksDbSnapshot::ReadRegistryRecord(
    const std::string& key) const {
  return database_->GetMeta(absl::StrCat(kRegistryPrefix, key), snapshot_);
}

absl::StatusOr<std::vector<RegistryRecord>> RocksDbSnapshot::ReadRegistryRecords(
    const std::string& after, size_t limit) const {
  const std::unique_ptr<rocksdb::Iterator> it(
      database_->db()->NewIterator(Reading(), database_->family(Family::kMeta)));
  std::vector<RegistryRecord> records;
  // No key is empty, so the first key after K is at or beyond K followed by a zero byte.
  it->Seek(absl::StrCat(kRegistryPrefix, after) + '\0');
  for (; it->Valid() && records.size() < limit; it->Next()) {
    if (!it->key().starts_with(ToSlice(kRegistryPrefix))) break;
    records.push_back(
        {std::string(ToView(it->key()).substr(kRegistryPrefix.size())), it->value().ToString()});
  }
  CANDOR_RETURN_IF_ERROR(FromRocksDb(it->status(), "read the registry"));
  return records;
}

}  // namespace candor
