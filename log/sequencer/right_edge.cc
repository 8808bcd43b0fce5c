// SPDX-License-Identifier: Apache-2.0
#include "log/sequencer/right_edge.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/merkle/hasher.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr size_t kReadBytes = size_t{1} << 20;

absl::StatusOr<std::vector<Hash>> LeafHashes(const LogSnapshot& snapshot, uint64_t start,
                                             uint64_t end) {
  std::vector<Hash> hashes;
  while (start < end) {
    CANDOR_ASSIGN_OR_RETURN(const std::vector<std::string> entries,
                            snapshot.ReadEntries(start, end, kReadBytes));
    for (const std::string& entry : entries) hashes.push_back(LeafHash(entry));
    start += entries.size();
  }
  return hashes;
}

// The hashes [start, end) of tile level `level` > 0: each is the root of a full tile below.
absl::StatusOr<std::vector<Hash>> TileRoots(const LogSnapshot& snapshot, uint8_t level,
                                            uint64_t start, uint64_t end) {
  std::vector<StoredTileId> below;
  for (uint64_t i = start; i < end; ++i) below.push_back({static_cast<uint8_t>(level - 1), i});
  CANDOR_ASSIGN_OR_RETURN(const std::vector<StoredTile> tiles, snapshot.ReadFullTiles(below));
  std::vector<Hash> roots;
  for (const StoredTile& tile : tiles) {
    CANDOR_ASSIGN_OR_RETURN(const Hash root, TileRoot(tile));
    roots.push_back(root);
  }
  return roots;
}

class EdgeReader final : public HashReader {
 public:
  explicit EdgeReader(const RightEdge* edge) : edge_(edge) {}

  absl::StatusOr<std::vector<Hash>> ReadHashes(absl::Span<const NodeId> nodes) const override {
    std::vector<Hash> hashes;
    for (const NodeId& node : nodes) {
      CANDOR_ASSIGN_OR_RETURN(const Hash hash, edge_->ReadHash(node));
      hashes.push_back(hash);
    }
    return hashes;
  }

 private:
  const RightEdge* const edge_;
};

}  // namespace

absl::StatusOr<RightEdge> RightEdge::Load(const LogSnapshot& snapshot) {
  const uint64_t size = snapshot.head().tree_size;
  RightEdge edge;
  for (uint8_t level = 0; kTileHeight * level < 64 && size >> (kTileHeight * level) != 0; ++level) {
    const uint64_t end = size >> (kTileHeight * level);
    const uint64_t tile_index = end / kTileWidth;
    const uint64_t start = tile_index * kTileWidth;
    std::vector<Hash> hashes;
    if (start < end) {
      CANDOR_ASSIGN_OR_RETURN(hashes, level == 0 ? LeafHashes(snapshot, start, end)
                                                 : TileRoots(snapshot, level, start, end));
    }
    std::vector<Hash> middle = MiddleRow(hashes);
    edge.partial_.push_back({{level, tile_index}, std::move(hashes), std::move(middle)});
  }
  CANDOR_ASSIGN_OR_RETURN(edge.frontier_, Frontier::Load(size, EdgeReader(&edge)));
  return edge;
}

void RightEdge::Append(const Hash& leaf_hash, absl::FunctionRef<void(StoredTile)> on_full_tile) {
  frontier_.Append(leaf_hash, [&](NodeId node, const Hash& hash) {
    const uint8_t level = node.level / kTileHeight;
    const unsigned height = node.level % kTileHeight;
    if (height == kMiddleHeight) partial_[level].middle.push_back(hash);
    if (height != 0) return;
    if (level > 0) {  // the tile below is complete: this is its root
      StoredTile& below = partial_[level - 1];
      StoredTile next{{below.id.level, below.id.index + 1}, {}, {}};
      on_full_tile(std::exchange(below, std::move(next)));
    }
    if (level == partial_.size()) partial_.push_back({{level, 0}, {}, {}});
    partial_[level].hashes.push_back(hash);
  });
}

absl::StatusOr<std::string> RightEdge::ReadTile(const TileId& tile) const {
  if (tile.level < partial_.size()) {
    const StoredTile& partial = partial_[tile.level];
    if (tile.index == partial.id.index && tile.width > 0 && tile.width <= partial.hashes.size()) {
      return EncodeTile(absl::MakeConstSpan(partial.hashes).first(tile.width));
    }
  }
  return absl::NotFoundError(absl::StrCat("tile ", int{tile.level}, "/", tile.index, " of width ",
                                          tile.width, " is not at the tree's edge"));
}

absl::StatusOr<Hash> RightEdge::ReadHash(NodeId node) const {
  const size_t level = node.level / kTileHeight;
  if (level < partial_.size()) {
    absl::StatusOr<Hash> hash = NodeHashInTile(partial_[level], node);
    if (hash.ok()) return hash;
  }
  return absl::NotFoundError(
      absl::StrCat("node ", int{node.level}, "/", node.index, " is not at the tree's edge"));
}

}  // namespace candor
