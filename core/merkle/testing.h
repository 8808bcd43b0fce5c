// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/crypto/hash.h"
#include "core/merkle/tile_reader.h"
#include "core/merkle/tree.h"

// For tests only: a whole tree in memory, and tiles cut from it.

namespace candor {

// Every complete node of an append-only tree. Reads are thread-safe as long as nobody appends.
class MemoryTree : public HashReader {
 public:
  void Append(const Hash& leaf_hash);
  void AppendEntry(std::string_view entry);  // Hashes it with LeafHash.

  uint64_t size() const;
  Hash Root() const;
  // The root that the tree had at this size, at most size().
  Hash Root(uint64_t tree_size) const;

  absl::StatusOr<std::vector<Hash>> ReadHashes(absl::Span<const NodeId> nodes) const override;

 private:
  std::vector<std::vector<Hash>> levels_;  // [level][index]
};

// The tiles of a MemoryTree, which must outlive it. NOT_FOUND for tiles that it does not have.
class MemoryTileSource : public TileSource {
 public:
  explicit MemoryTileSource(const MemoryTree* tree) : tree_(tree) {}

  absl::StatusOr<std::vector<std::string>> ReadTiles(absl::Span<const TileId> tiles) override;

 private:
  const MemoryTree* tree_;
};

}  // namespace candor
