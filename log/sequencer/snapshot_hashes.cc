// SPDX-License-Identifier: Apache-2.0
#include "log/sequencer/snapshot_hashes.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/merkle/tile.h"
#include "core/util/status_macros.h"
#include "log/storage/stored_tile.h"

namespace candor {
namespace {

StoredTileId TileOf(NodeId node) {
  const unsigned height = node.level % kTileHeight;
  return {static_cast<uint8_t>(node.level / kTileHeight), node.index >> (kTileHeight - height)};
}

}  // namespace

absl::StatusOr<std::vector<Hash>> ReadSnapshotHashes(const LogSnapshot& snapshot,
                                                     const RightEdge& edge,
                                                     absl::Span<const NodeId> nodes) {
  std::vector<Hash> hashes(nodes.size());
  std::vector<size_t> in_tiles;  // positions of the nodes that are not at the edge
  std::vector<StoredTileId> ids;
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (!IsNodeInTree(nodes[i], edge.size())) {
      return absl::NotFoundError(absl::StrCat("node ", int{nodes[i].level}, "/", nodes[i].index,
                                              " is not complete in a tree of ", edge.size()));
    }
    const absl::StatusOr<Hash> hash = edge.ReadHash(nodes[i]);
    if (hash.ok()) {
      hashes[i] = *hash;
    } else {
      in_tiles.push_back(i);
      ids.push_back(TileOf(nodes[i]));
    }
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  CANDOR_ASSIGN_OR_RETURN(const std::vector<StoredTile> tiles, snapshot.ReadFullTiles(ids));
  for (const size_t i : in_tiles) {
    const auto id = std::lower_bound(ids.begin(), ids.end(), TileOf(nodes[i]));
    CANDOR_ASSIGN_OR_RETURN(hashes[i], NodeHashInTile(tiles[id - ids.begin()], nodes[i]));
  }
  return hashes;
}

}  // namespace candor
