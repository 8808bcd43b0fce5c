// SPDX-License-Identifier: Apache-2.0
#include "log/storage/rocksdb_schema.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/util/bytes.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"
#include "rocksdb/cache.h"
#include "rocksdb/convenience.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/slice_transform.h"
#include "rocksdb/table.h"

namespace candor {
namespace {

constexpr size_t kMiB = size_t{1} << 20;

rocksdb::BlockBasedTableOptions TableOptions(const std::shared_ptr<rocksdb::Cache>& cache,
                                             size_t block_bytes) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.block_size = block_bytes;
  table.format_version = 5;
  return table;
}

rocksdb::ColumnFamilyOptions FamilyOptions(const rocksdb::BlockBasedTableOptions& table,
                                           size_t write_buffer_bytes) {
  rocksdb::ColumnFamilyOptions options;
  options.write_buffer_size = write_buffer_bytes;
  options.compression = rocksdb::kNoCompression;
  options.level_compaction_dynamic_level_bytes = true;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

// Look-ups that mostly miss: a Bloom filter over the prefixes answers them from memory.
rocksdb::ColumnFamilyOptions IndexFamilyOptions(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table = TableOptions(cache, 4096);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.whole_key_filtering = false;
  rocksdb::ColumnFamilyOptions options = FamilyOptions(table, 16 * kMiB);
  options.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(kIndexPrefixBytes));
  options.memtable_prefix_bloom_size_ratio = 0.1;
  return options;
}

}  // namespace

rocksdb::DBOptions MakeDbOptions() {
  rocksdb::DBOptions options;
  // The default mode drops everything behind a damaged record without a word. This one accepts a
  // torn end, which was never acknowledged, and refuses the rest.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  // After a failed sync nobody knows what is on the disk: this process writes no more.
  options.max_bgerror_resume_count = 0;
  // Bounds how long a start after a kill takes.
  options.max_total_wal_size = 64 * kMiB;
  options.info_log_level = rocksdb::WARN_LEVEL;
  options.keep_log_file_num = 3;
  options.max_log_file_size = 4 * kMiB;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor> MakeFamilies(size_t block_cache_bytes) {
  const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(block_cache_bytes);
  rocksdb::ColumnFamilyOptions entries = FamilyOptions(TableOptions(cache, 16 * 1024), 32 * kMiB);
  for (const rocksdb::CompressionType type : rocksdb::GetSupportedCompressions()) {
    if (type == rocksdb::kLZ4Compression) entries.compression = type;
  }
  return {
      {rocksdb::kDefaultColumnFamilyName, FamilyOptions(TableOptions(cache, 4096), 4 * kMiB)},
      {"entries", entries},
      {"tiles", FamilyOptions(TableOptions(cache, 4096), 8 * kMiB)},
      {"by_statement", IndexFamilyOptions(cache)},
      {"by_leaf", IndexFamilyOptions(cache)},
  };
}

std::string U64Key(uint64_t value) {
  ByteWriter writer;
  writer.U64(value);
  return std::move(writer).Take();
}

uint64_t U64FromKey(std::string_view key) {
  uint64_t value = 0;
  for (const char c : key) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

std::string TileKey(const StoredTileId& tile) {
  ByteWriter writer;
  writer.U8(tile.level);
  writer.U64(tile.index);
  return std::move(writer).Take();
}

std::string IndexKey(const Hash& hash, uint64_t index) {
  ByteWriter writer;
  writer.Bytes(hash.bytes().substr(0, kIndexPrefixBytes));
  writer.U16(static_cast<uint16_t>(index >> 32));
  writer.U32(static_cast<uint32_t>(index));
  return std::move(writer).Take();
}

uint64_t IndexOfKey(std::string_view key) { return U64FromKey(key.substr(kIndexPrefixBytes)); }

std::string EncodeHead(const StoredHead& head) {
  ByteWriter writer;
  writer.U64(head.tree_size);
  writer.Bytes(head.root.bytes());
  writer.U64(head.sequence);
  writer.Bytes(head.registry_digest.bytes());
  return std::move(writer).Take();
}

absl::StatusOr<StoredHead> DecodeHead(std::string_view bytes) {
  constexpr size_t kHeadBytes = 8 + Hash::kSize + 8 + Hash::kSize;
  if (bytes.size() != kHeadBytes) return StoreDamaged("the head does not decode");
  ByteReader reader(bytes);
  StoredHead head;
  CANDOR_ASSIGN_OR_RETURN(head.tree_size, reader.U64());
  CANDOR_ASSIGN_OR_RETURN(const std::string_view root, reader.Bytes(Hash::kSize));
  CANDOR_ASSIGN_OR_RETURN(head.root, Hash::FromBytes(root));
  CANDOR_ASSIGN_OR_RETURN(head.sequence, reader.U64());
  CANDOR_ASSIGN_OR_RETURN(const std::string_view digest, reader.Bytes(Hash::kSize));
  CANDOR_ASSIGN_OR_RETURN(head.registry_digest, Hash::FromBytes(digest));
  return head;
}

absl::Status StoreDamaged(std::string_view what) {
  return Refuse(absl::StatusCode::kDataLoss, "STORE_DAMAGED",
                absl::StrCat("the store is damaged: ", what));
}

absl::Status FromRocksDb(const rocksdb::Status& status, std::string_view action) {
  if (status.ok()) return absl::OkStatus();
  const std::string message = absl::StrCat("can not ", action, ": ", status.ToString());
  const bool damaged = status.IsCorruption() || status.IsNotFound() || status.IsPathNotFound() ||
                       status.IsInvalidArgument();
  if (damaged) return StoreDamaged(message);
  return Refuse(absl::StatusCode::kUnavailable, "STORE_FAILED", message);
}

}  // namespace candor
