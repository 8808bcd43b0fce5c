// SPDX-License-Identifier: Apache-2.0
#include "core/merkle/testing.h"

#include "absl/strings/str_cat.h"
#include "core/merkle/hasher.h"
#include "core/merkle/tile.h"
#include "core/util/status_macros.h"

namespace candor {

void MemoryTree::Append(const Hash& leaf_hash) {
  Hash hash = leaf_hash;
  for (size_t level = 0;; ++level) {
    if (level == levels_.size()) levels_.emplace_back();
    std::vector<Hash>& row = levels_[level];
    row.push_back(hash);
    if (row.size() % 2 == 1) return;
    hash = NodeHash(row[row.size() - 2], row.back());
  }
}

void MemoryTree::AppendEntry(std::string_view entry) { Append(LeafHash(entry)); }

uint64_t MemoryTree::size() const { return levels_.empty() ? 0 : levels_[0].size(); }

Hash MemoryTree::Root() const { return Root(size()); }

Hash MemoryTree::Root(uint64_t tree_size) const { return TreeRoot(tree_size, *this).value(); }

absl::StatusOr<std::vector<Hash>> MemoryTree::ReadHashes(absl::Span<const NodeId> nodes) const {
  std::vector<Hash> hashes;
  hashes.reserve(nodes.size());
  for (const NodeId node : nodes) {
    if (!IsNodeInTree(node, size())) {
      return absl::NotFoundError(absl::StrCat("the tree of size ", size(), " has no node ",
                                              node.index, " of level ", node.level));
    }
    hashes.push_back(levels_[node.level][node.index]);
  }
  return hashes;
}

absl::StatusOr<std::vector<std::string>> MemoryTileSource::ReadTiles(
    absl::Span<const TileId> tiles) {
  std::vector<std::string> data;
  for (const TileId& tile : tiles) {
    if (!IsTileInTree(tile, tree_->size())) {
      return absl::NotFoundError(absl::StrCat("no ", TilePath(tile)));
    }
    std::vector<NodeId> nodes;
    for (uint16_t i = 0; i < tile.width; ++i) {
      nodes.push_back(
          {static_cast<uint8_t>(kTileHeight * tile.level), tile.index * kTileWidth + i});
    }
    CANDOR_ASSIGN_OR_RETURN(const std::vector<Hash> hashes, tree_->ReadHashes(nodes));
    data.push_back(EncodeTile(hashes));
  }
  return data;
}

}  // namespace candor
