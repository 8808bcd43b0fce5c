// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/crypto/hash.h"
#include "log/storage/log_store.h"
#include "log/storage/stored_tile.h"
#include "rocksdb/db.h"
#include "rocksdb/slice.h"
#include "rocksdb/status.h"

// How the log lies in RocksDB. Private to log/storage. Integers are big-endian.
//
//   column family  key                                        value
//   default        "format"                                   decimal
//                  "origin"                                   text
//                  "head"                                     u64 size, root, u64 sequence, digest
//                  "signed"                                   u64 size, note
//                  "published/" u64 size                      note
//                  "registry/" record key                     record value
//   entries        u64 index                                  canonical entry
//   tiles          u8 level, u64 index                        272 hashes (stored_tile.h)
//   by_statement   first 16 bytes of the id, u48 index        –
//   by_leaf        first 16 bytes of the leaf hash, u48 index –

namespace candor {

enum class Family : size_t { kMeta = 0, kEntries, kTiles, kByStatement, kByLeaf };
inline constexpr size_t kFamilies = 5;

rocksdb::DBOptions MakeDbOptions();
// In the order of Family.
std::vector<rocksdb::ColumnFamilyDescriptor> MakeFamilies(size_t block_cache_bytes);

inline constexpr std::string_view kFormatKey = "format";
inline constexpr std::string_view kOriginKey = "origin";
inline constexpr std::string_view kHeadKey = "head";
inline constexpr std::string_view kSignedKey = "signed";
inline constexpr std::string_view kPublishedPrefix = "published/";
inline constexpr std::string_view kRegistryPrefix = "registry/";

inline rocksdb::Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
inline std::string_view ToView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

std::string U64Key(uint64_t value);
uint64_t U64FromKey(std::string_view key);  // of exactly 8 bytes
std::string TileKey(const StoredTileId& tile);

inline constexpr size_t kIndexPrefixBytes = 16;
std::string IndexKey(const Hash& hash, uint64_t index);
uint64_t IndexOfKey(std::string_view key);  // of exactly 22 bytes

std::string EncodeHead(const StoredHead& head);
absl::StatusOr<StoredHead> DecodeHead(std::string_view bytes);

// Corruption and what is missing become DATA_LOSS with reason STORE_DAMAGED, the rest UNAVAILABLE
// with reason STORE_FAILED; `action` is what was tried, e.g. "read entry 5".
absl::Status FromRocksDb(const rocksdb::Status& status, std::string_view action);
absl::Status StoreDamaged(std::string_view what);

}  // namespace candor
