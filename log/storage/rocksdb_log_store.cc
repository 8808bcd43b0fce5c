// SPDX-License-Identifier: Apache-2.0
#include "log/storage/rocksdb_log_store.h"

#include <algorithm>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "base/mutex.h"
#include "core/util/status_macros.h"
#include "log/storage/rocksdb_database.h"
#include "log/storage/rocksdb_schema.h"
#include "log/storage/rocksdb_snapshot.h"
#include "rocksdb/db.h"
#include "rocksdb/iterator.h"
#include "rocksdb/write_batch.h"

namespace candor {

struct RocksDbLogStore::Database {
  std::unique_ptr<RocksDbDatabase> rocks;
  Mutex append_mutex;
  // A write failed: what is on the disk is known only after a restart.
  bool failed ABSL_GUARDED_BY(append_mutex) = false;
  Mutex checkpoint_mutex;  // one put at a time
};

namespace {

rocksdb::WriteOptions Synced() {
  rocksdb::WriteOptions options;
  options.sync = true;
  return options;
}

std::vector<std::string> SortedIndexKeys(const AppendRequest& request, Hash IndexRow::* hash) {
  std::vector<std::string> keys;
  keys.reserve(request.index_rows.size());
  for (size_t i = 0; i < request.index_rows.size(); ++i) {
    keys.push_back(IndexKey(request.index_rows[i].*hash, request.expected.tree_size + i));
  }
  std::sort(keys.begin(), keys.end());
  return keys;
}

void PutRegistry(const RocksDbDatabase& rocks, const AppendRequest& request,
                 rocksdb::WriteBatch& batch) {
  rocksdb::ColumnFamilyHandle* meta = rocks.family(Family::kMeta);
  for (const RegistryMutation& mutation : request.registry) {
    const std::string key = absl::StrCat(kRegistryPrefix, mutation.key);
    if (mutation.value.has_value()) {
      (void)batch.Put(meta, key, *mutation.value);
    } else {
      (void)batch.Delete(meta, key);
    }
  }
}

// Puts into a WriteBatch fail only beyond its size limit, of which there is none here.
rocksdb::WriteBatch MakeBatch(const RocksDbDatabase& rocks, const AppendRequest& request) {
  rocksdb::WriteBatch batch;
  for (size_t i = 0; i < request.entries.size(); ++i) {
    (void)batch.Put(rocks.family(Family::kEntries), U64Key(request.expected.tree_size + i),
                    request.entries[i]);
  }
  for (const StoredTile& tile : request.full_tiles) {
    (void)batch.Put(rocks.family(Family::kTiles), TileKey(tile.id), tile.Encode());
  }
  for (const std::string& key : SortedIndexKeys(request, &IndexRow::statement_id)) {
    (void)batch.Put(rocks.family(Family::kByStatement), key, rocksdb::Slice());
  }
  for (const std::string& key : SortedIndexKeys(request, &IndexRow::leaf_hash)) {
    (void)batch.Put(rocks.family(Family::kByLeaf), key, rocksdb::Slice());
  }
  PutRegistry(rocks, request, batch);
  (void)batch.Put(rocks.family(Family::kMeta), ToSlice(kHeadKey), EncodeHead(request.next));
  return batch;
}

absl::StatusOr<std::vector<uint64_t>> FindIndexes(const RocksDbDatabase& rocks, Family family,
                                                  const Hash& hash, uint64_t from, size_t limit) {
  std::vector<uint64_t> found;
  if (from >> 48 != 0) return found;
  rocksdb::ReadOptions options;
  options.prefix_same_as_start = true;
  const std::unique_ptr<rocksdb::Iterator> it(
      rocks.db()->NewIterator(options, rocks.family(family)));
  for (it->Seek(IndexKey(hash, from)); it->Valid() && found.size() < limit; it->Next()) {
    found.push_back(IndexOfKey(ToView(it->key())));
  }
  CANDOR_RETURN_IF_ERROR(FromRocksDb(it->status(), "read the index"));
  return found;
}

std::string PublishedKey(uint64_t tree_size) {
  return absl::StrCat(kPublishedPrefix, U64Key(tree_size));
}

// The published checkpoint that the iterator stands on.
absl::StatusOr<std::optional<StoredCheckpoint>> PublishedHere(const rocksdb::Iterator& it) {
  CANDOR_RETURN_IF_ERROR(FromRocksDb(it.status(), "read published checkpoints"));
  if (!it.Valid() || !it.key().starts_with(ToSlice(kPublishedPrefix))) return std::nullopt;
  const std::string_view size = ToView(it.key()).substr(kPublishedPrefix.size());
  return StoredCheckpoint{U64FromKey(size), it.value().ToString()};
}

}  // namespace

RocksDbLogStore::RocksDbLogStore(std::unique_ptr<Database> database) : db_(std::move(database)) {}
RocksDbLogStore::~RocksDbLogStore() = default;

absl::StatusOr<std::unique_ptr<RocksDbLogStore>> RocksDbLogStore::Create(
    const RocksDbLogStoreOptions& options) {
  auto database = std::make_unique<Database>();
  CANDOR_ASSIGN_OR_RETURN(database->rocks, RocksDbDatabase::Create(options));
  return std::unique_ptr<RocksDbLogStore>(new RocksDbLogStore(std::move(database)));
}

absl::StatusOr<std::unique_ptr<RocksDbLogStore>> RocksDbLogStore::Open(
    const RocksDbLogStoreOptions& options) {
  auto database = std::make_unique<Database>();
  CANDOR_ASSIGN_OR_RETURN(database->rocks, RocksDbDatabase::Open(options));
  return std::unique_ptr<RocksDbLogStore>(new RocksDbLogStore(std::move(database)));
}

absl::Status RocksDbLogStore::Flush() { return db_->rocks->Flush(); }

AppendOutcome RocksDbLogStore::Append(const AppendRequest& request) {
  if (absl::Status status = CheckAppendRequest(request); !status.ok()) return Unknown{status};
  MutexLock lock(&db_->append_mutex);
  if (db_->failed) {
    return Unknown{FromRocksDb(rocksdb::Status::IOError("an earlier write failed"), "append")};
  }
  const absl::StatusOr<StoredHead> head = db_->rocks->ReadHead();
  if (!head.ok()) return Unknown{head.status()};
  if (*head != request.expected) return Conflict{*head};
  rocksdb::WriteBatch batch = MakeBatch(*db_->rocks, request);
  const rocksdb::Status status = db_->rocks->db()->Write(Synced(), &batch);
  if (status.ok()) return Committed{};
  db_->failed = true;
  return Unknown{FromRocksDb(status, "append")};
}

absl::StatusOr<std::unique_ptr<LogSnapshot>> RocksDbLogStore::GetSnapshot() const {
  return RocksDbSnapshot::Take(db_->rocks.get());
}

absl::StatusOr<std::vector<uint64_t>> RocksDbLogStore::FindByStatement(const Hash& statement_id,
                                                                       uint64_t from,
                                                                       size_t limit) const {
  return FindIndexes(*db_->rocks, Family::kByStatement, statement_id, from, limit);
}

absl::StatusOr<std::vector<uint64_t>> RocksDbLogStore::FindByLeaf(const Hash& leaf_hash,
                                                                  uint64_t from,
                                                                  size_t limit) const {
  return FindIndexes(*db_->rocks, Family::kByLeaf, leaf_hash, from, limit);
}

absl::StatusOr<uint64_t> RocksDbLogStore::applied_size() const {
  // Index rows are in the same batch as the head.
  CANDOR_ASSIGN_OR_RETURN(const StoredHead head, db_->rocks->ReadHead());
  return head.tree_size;
}

absl::Status RocksDbLogStore::PutSigned(uint64_t tree_size, std::string_view note) {
  MutexLock lock(&db_->checkpoint_mutex);
  CANDOR_ASSIGN_OR_RETURN(const std::optional<StoredCheckpoint> last, LastSigned());
  CANDOR_RETURN_IF_ERROR(CheckCheckpointPut(last, tree_size, note));
  return FromRocksDb(
      db_->rocks->db()->Put(Synced(), db_->rocks->family(Family::kMeta), ToSlice(kSignedKey),
                            absl::StrCat(U64Key(tree_size), note)),
      "put a signed checkpoint");
}

absl::StatusOr<std::optional<StoredCheckpoint>> RocksDbLogStore::LastSigned() const {
  CANDOR_ASSIGN_OR_RETURN(const auto value, db_->rocks->GetMeta(kSignedKey));
  if (!value.has_value()) return std::nullopt;
  if (value->size() <= 8) return StoreDamaged("the signed checkpoint does not decode");
  const std::string_view bytes = *value;
  return StoredCheckpoint{U64FromKey(bytes.substr(0, 8)), std::string(bytes.substr(8))};
}

absl::Status RocksDbLogStore::PutPublished(uint64_t tree_size, std::string_view note) {
  MutexLock lock(&db_->checkpoint_mutex);
  CANDOR_ASSIGN_OR_RETURN(const std::optional<StoredCheckpoint> last, LastPublished());
  CANDOR_RETURN_IF_ERROR(CheckCheckpointPut(last, tree_size, note));
  return FromRocksDb(db_->rocks->db()->Put(Synced(), db_->rocks->family(Family::kMeta),
                                           PublishedKey(tree_size), ToSlice(note)),
                     "put a published checkpoint");
}

absl::StatusOr<std::optional<StoredCheckpoint>> RocksDbLogStore::LastPublished() const {
  const std::unique_ptr<rocksdb::Iterator> it(
      db_->rocks->db()->NewIterator(rocksdb::ReadOptions(), db_->rocks->family(Family::kMeta)));
  it->SeekForPrev(PublishedKey(UINT64_MAX));
  return PublishedHere(*it);
}

absl::StatusOr<std::optional<StoredCheckpoint>> RocksDbLogStore::PublishedAt(
    uint64_t tree_size) const {
  CANDOR_ASSIGN_OR_RETURN(const auto note, db_->rocks->GetMeta(PublishedKey(tree_size)));
  if (!note.has_value()) return std::nullopt;
  return StoredCheckpoint{tree_size, *note};
}

absl::StatusOr<std::optional<StoredCheckpoint>> RocksDbLogStore::PublishedAtOrAfter(
    uint64_t tree_size) const {
  const std::unique_ptr<rocksdb::Iterator> it(
      db_->rocks->db()->NewIterator(rocksdb::ReadOptions(), db_->rocks->family(Family::kMeta)));
  it->Seek(PublishedKey(tree_size));
  return PublishedHere(*it);
}

}  // namespace candor
