// SPDX-License-Identifier: Apache-2.0
#include "core/merkle/tile_reader.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

absl::Status Mismatch(std::string_view why) {
  return Refuse(absl::StatusCode::kDataLoss, "TILE_MISMATCH", why);
}

// The node of the level above that a full tile hashes to.
NodeId ParentNode(const TileId& tile) {
  return {static_cast<uint8_t>(kTileHeight * (tile.level + 1)), tile.index};
}

// The tiles of one read: what is wanted, and all tiles between that and the root. Every partial
// tile is among them, and with every full tile the one that holds its ParentNode.
class TileSet {
 public:
  explicit TileSet(uint64_t tree_size) : tree_size_(tree_size) {
    for (const TileId& tile : PartialTiles(tree_size)) Add(tile);
  }

  absl::Status AddTilesOf(NodeId node) {
    CANDOR_ASSIGN_OR_RETURN(TileId tile, TileForNode(node, tree_size_));
    while (Add(tile)) {
      CANDOR_ASSIGN_OR_RETURN(tile, TileForNode(ParentNode(tile), tree_size_));
    }
    return absl::OkStatus();
  }

  absl::Status Read(TileSource& source) {
    CANDOR_ASSIGN_OR_RETURN(data_, source.ReadTiles(ids_));
    if (data_.size() != ids_.size()) {
      return Mismatch(
          absl::StrCat("the source gave ", data_.size(), " tiles, asked for ", ids_.size()));
    }
    for (size_t i = 0; i < ids_.size(); ++i) {
      if (data_[i].size() == ids_[i].width * Hash::kSize) continue;
      return Mismatch(absl::StrCat(TilePath(ids_[i]), " has ", data_[i].size(), " bytes, not ",
                                   ids_[i].width * Hash::kSize));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Hash> NodeHash(NodeId node) const {
    CANDOR_ASSIGN_OR_RETURN(const TileId tile, TileForNode(node, tree_size_));
    return NodeHashFromTile(node, tile, data_[positions_.at(tile)]);
  }

  absl::Status Authenticate(const Hash& root) const {
    CANDOR_RETURN_IF_ERROR(AuthenticatePartialTiles(root));
    for (size_t i = 0; i < ids_.size(); ++i) {
      if (ids_[i].full()) CANDOR_RETURN_IF_ERROR(AuthenticateFullTile(i));
    }
    return absl::OkStatus();
  }

  const std::vector<TileId>& ids() const { return ids_; }
  const std::vector<std::string>& data() const { return data_; }

 private:
  // Whether the tile was not there yet.
  bool Add(const TileId& tile) {
    if (!positions_.emplace(tile, ids_.size()).second) return false;
    ids_.push_back(tile);
    return true;
  }

  // Each hash of a partial tile lies below a node of the frontier, so the root covers them all.
  absl::Status AuthenticatePartialTiles(const Hash& root) const {
    std::vector<Hash> frontier;
    for (const NodeId node : FrontierNodes(tree_size_)) {
      CANDOR_ASSIGN_OR_RETURN(frontier.emplace_back(), NodeHash(node));
    }
    if (FoldFrontier(frontier) == root) return absl::OkStatus();
    return Mismatch(
        absl::StrCat("the partial tiles do not hash to the root of the tree of size ", tree_size_));
  }

  // That this tile and its parent fit together. As that holds for every full tile of the set, and
  // each chain of parents ends in a partial tile, all of them hang from the root.
  absl::Status AuthenticateFullTile(size_t position) const {
    CANDOR_ASSIGN_OR_RETURN(const Hash expected, NodeHash(ParentNode(ids_[position])));
    CANDOR_ASSIGN_OR_RETURN(const Hash actual, FullTileHash(data_[position]));
    if (actual == expected) return absl::OkStatus();
    return Mismatch(
        absl::StrCat(TilePath(ids_[position]), " is not that of the tree of size ", tree_size_));
  }

  uint64_t tree_size_;
  std::vector<TileId> ids_;
  std::vector<std::string> data_;  // Parallel to ids_.
  std::map<TileId, size_t> positions_;
};

}  // namespace

TileReader::TileReader(uint64_t tree_size, const Hash& root, TileSource* source)
    : tree_size_(tree_size), root_(root), source_(source) {}

absl::StatusOr<std::vector<Hash>> TileReader::ReadHashes(absl::Span<const NodeId> nodes) const {
  std::vector<Hash> hashes;
  if (nodes.empty()) return hashes;
  TileSet tiles(tree_size_);
  for (const NodeId node : nodes) CANDOR_RETURN_IF_ERROR(tiles.AddTilesOf(node));
  CANDOR_RETURN_IF_ERROR(tiles.Read(*source_));
  CANDOR_RETURN_IF_ERROR(tiles.Authenticate(root_));
  source_->KeepTiles(tiles.ids(), tiles.data());
  hashes.reserve(nodes.size());
  for (const NodeId node : nodes) {
    CANDOR_ASSIGN_OR_RETURN(hashes.emplace_back(), tiles.NodeHash(node));
  }
  return hashes;
}

}  // namespace candor
