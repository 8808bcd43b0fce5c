// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/crypto/hash.h"
#include "core/merkle/entry_bundle.h"
#include "core/merkle/tile.h"
#include "core/merkle/tree.h"
#include "log/sequencer/entry_lookup.h"
#include "log/sequencer/sequenced_tree.h"
#include "log/storage/log_index.h"
#include "log/storage/log_store.h"

namespace candor {

// Reading for services: everything durable, as of any tree size up to the sequenced one (the caller
// passes the published or signed size that it may show). Thread-safe. Errors: OUT_OF_RANGE with
// reason SIZE_OUT_OF_RANGE when `tree_size` is beyond the sequenced tree, DATA_LOSS, UNAVAILABLE.
class LogReader : public HashReader {
 public:
  // All outlive this.
  LogReader(const LogStore* store, const LogIndex* index, const SequencedTree* tree);

  StoredHead head() const;  // the newest sequenced

  // Nodes of the newest sequenced tree, and so of every tree before it: one read of all the tiles
  // that it takes. NOT_FOUND for a node that is not complete yet.
  absl::StatusOr<std::vector<Hash>> ReadHashes(absl::Span<const NodeId> nodes) const override;

  // One canonical entry. NOT_FOUND with reason ENTRY_NOT_FOUND unless index < tree_size.
  absl::StatusOr<std::string> ReadEntry(uint64_t index, uint64_t tree_size) const;
  // Entries [start, end), cut to at most `max_bytes` but never fewer than one. OUT_OF_RANGE with
  // reason INDEX_OUT_OF_RANGE unless start < end <= the sequenced size.
  absl::StatusOr<std::vector<std::string>> ReadEntries(uint64_t start, uint64_t end,
                                                       size_t max_bytes) const;

  // The bytes of a tile or bundle of any width that a tree of `tree_size` has (a partial one is a
  // prefix); uncompressed. NOT_FOUND with reason TILE_NOT_FOUND when that tree is not so large.
  absl::StatusOr<std::string> ReadTile(const TileId& tile, uint64_t tree_size) const;
  absl::StatusOr<std::string> ReadEntryBundle(const EntryBundleId& bundle,
                                              uint64_t tree_size) const;

  // The same, fixed to today's state and refusing nodes outside of the tree of `tree_size`.
  // Thread-safe; must not outlive this.
  absl::StatusOr<std::unique_ptr<HashReader>> Hashes(uint64_t tree_size) const;

  absl::StatusOr<Hash> Root(uint64_t tree_size) const;
  // As in core/merkle/proof.h. OUT_OF_RANGE.
  absl::StatusOr<std::vector<Hash>> InclusionProof(uint64_t leaf_index, uint64_t tree_size) const;
  absl::StatusOr<std::vector<Hash>> ConsistencyProof(uint64_t old_size, uint64_t new_size) const;

  // The first entry below `tree_size` that fits. NOT_FOUND with reason ENTRY_NOT_FOUND.
  absl::StatusOr<uint64_t> FindStatement(const Hash& statement_id, uint64_t tree_size) const;
  absl::StatusOr<uint64_t> FindStatementKey(const Hash& statement_id, const KeyHash& key,
                                            uint64_t tree_size) const;
  absl::StatusOr<uint64_t> FindLeaf(const Hash& leaf_hash, uint64_t tree_size) const;

 private:
  absl::StatusOr<std::shared_ptr<const TreeState>> StateFor(uint64_t tree_size) const;

  const LogStore* const store_;
  const SequencedTree* const tree_;
  const EntryLookup lookup_;
};

}  // namespace candor
