// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "core/crypto/hash.h"
#include "core/merkle/entry_bundle.h"
#include "core/merkle/tile.h"
#include "log/publisher/publisher.h"
#include "log/sequencer/log_reader.h"
#include "log/storage/checkpoint_store.h"

namespace candor {

struct ByIndex {
  uint64_t index = 0;
};
struct ByLeafHash {
  Hash leaf_hash;
};
struct ByStatementId {
  Hash statement_id;  // means the first entry of that statement
};
using EntrySelector = std::variant<ByIndex, ByLeafHash, ByStatementId>;

struct InclusionAnswer {
  uint64_t index = 0;
  uint64_t tree_size = 0;
  Hash leaf_hash;
  std::vector<Hash> proof;
  std::string checkpoint;  // when tree_size is the newest published one, else empty
};

struct ConsistencyAnswer {
  uint64_t old_size = 0;
  uint64_t new_size = 0;
  std::vector<Hash> proof;
};

struct EntryAnswer {
  uint64_t index = 0;
  std::string entry;
};

struct RangeBounds {
  uint64_t end = 0;        // exclusive
  uint64_t tree_size = 0;  // the published size that bounds it
};

// What anyone may read. Entries and proofs up to the published size, tiles and bundles up to the
// largest signed one, because witnesses need them (tlog-tiles). Thread-safe; all but checkpoint()
// read the store. Errors besides the store's (DATA_LOSS, UNAVAILABLE):
//   NOT_FOUND "NOT_PUBLISHED"       no checkpoint is published yet
//   NOT_FOUND "ENTRY_NOT_FOUND"     no such entry in the tree asked for
//   NOT_FOUND "SIZE_NOT_PUBLISHED"  no checkpoint of that size was published; metadata
//                                   publishedSize
//   UNAVAILABLE "NOT_YET_PUBLISHED" asked in the newest tree: sequenced, but no published tree
//                                   covers it yet; metadata index
//   NOT_FOUND "TILE_NOT_FOUND"      beyond the signed tree
//   INVALID_ARGUMENT "SIZE_OUT_OF_RANGE", "INDEX_OUT_OF_RANGE"
class LogQueries {
 public:
  // All outlive this.
  LogQueries(const LogReader* reader, const Publisher* publisher,
             const CheckpointStore* checkpoints)
      : reader_(reader), publisher_(publisher), checkpoints_(checkpoints) {}

  absl::StatusOr<std::shared_ptr<const PublishedCheckpoint>> checkpoint() const;

  // `tree_size` 0 means the newest published one.
  absl::StatusOr<InclusionAnswer> GetInclusionProof(const EntrySelector& selector,
                                                    uint64_t tree_size) const;
  absl::StatusOr<ConsistencyAnswer> GetConsistencyProof(uint64_t old_size, uint64_t new_size) const;
  absl::StatusOr<EntryAnswer> GetEntry(const EntrySelector& selector) const;

  // Where a read of `limit` entries (0: no limit) from `start` ends, as of now. INVALID_ARGUMENT
  // when `start` is beyond the published tree; equal to it is an empty range.
  absl::StatusOr<RangeBounds> BoundsOfRange(uint64_t start, uint64_t limit) const;
  // Entries [start, end) with start < end, cut to about `max_bytes`. `end` is from BoundsOfRange.
  absl::StatusOr<std::vector<std::string>> ReadEntries(uint64_t start, uint64_t end,
                                                       size_t max_bytes) const;

  absl::StatusOr<std::string> ReadTile(const TileId& tile) const;
  absl::StatusOr<std::string> ReadEntryBundle(const EntryBundleId& bundle) const;

 private:
  // 0 becomes the newest; anything else must have been published.
  absl::StatusOr<uint64_t> PublishedSize(uint64_t tree_size) const;
  // Up to where tiles and bundles are served.
  uint64_t ServedSize() const;
  absl::StatusOr<uint64_t> FindEntry(const EntrySelector& selector, uint64_t tree_size) const;
  // The same in the newest published tree; tells what is sequenced from what does not exist.
  absl::StatusOr<uint64_t> FindInNewest(const EntrySelector& selector,
                                        uint64_t published_size) const;

  const LogReader* const reader_;
  const Publisher* const publisher_;
  const CheckpointStore* const checkpoints_;
};

}  // namespace candor
