// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/crypto/hash.h"
#include "core/merkle/entry_bundle.h"  // IWYU pragma: export: the tiles of entries
#include "core/merkle/tree.h"

// Tiles of C2SP tlog-tiles: runs of up to 256 node hashes of level 8 * L, concatenated. A partial
// tile is a prefix of the full one.

namespace candor {

inline constexpr unsigned kTileHeight = 8;
inline constexpr uint16_t kTileWidth = 256;
inline constexpr uint8_t kMaxTileLevel = 63;  // In paths. No 64-bit tree has tiles above level 7.
inline constexpr size_t kMaxTileBytes = kTileWidth * Hash::kSize;

// Hashes of the nodes (8 * level, 256 * index + i) for i in [0, width).
struct TileId {
  uint8_t level = 0;  // 0..63
  uint64_t index = 0;
  uint16_t width = 0;  // 1..256; 256 is a full tile

  bool full() const { return width == kTileWidth; }

  friend auto operator<=>(const TileId&, const TileId&) = default;

  template <typename H>
  friend H AbslHashValue(H state, const TileId& tile) {
    return H::combine(std::move(state), tile.level, tile.index, tile.width);
  }
};

// The path below a log's prefix, without a leading slash: "tile/0/x001/067" or, for a partial tile,
// "tile/0/x001/067.p/12".
std::string TilePath(const TileId& tile);

// The inverse. Only canonical paths are accepted; INVALID_ARGUMENT with reason MALFORMED_TILE_PATH
// otherwise.
absl::StatusOr<TileId> ParseTilePath(std::string_view path);

// The width of a tile in a tree of this size: 0 when the tree does not have it, 256 when full.
uint16_t TileWidthInTree(uint8_t level, uint64_t index, uint64_t tree_size);

// Whether a tree of this size has at least the hashes of `tile`.
bool IsTileInTree(const TileId& tile, uint64_t tree_size);

// The tile, as wide as it is in a tree of this size, from which the node can be computed.
// OUT_OF_RANGE when the node is not in the tree.
absl::StatusOr<TileId> TileForNode(NodeId node, uint64_t tree_size);

// The tiles of a tree of this size: level by level from 0, each level from left to right. As many
// as tree_size / 255, so only for sizes that are known to be small.
std::vector<TileId> TilesForTreeSize(uint64_t tree_size);

// The tiles of the tree of `new_size` that the tree of `old_size` does not have at the same width,
// in the same order. Empty unless old_size < new_size.
std::vector<TileId> NewTiles(uint64_t old_size, uint64_t new_size);

// The partial tiles of a tree of this size, at most one per level, from level 0 up. Together they
// determine the root: they hold exactly the nodes below FrontierNodes(tree_size).
std::vector<TileId> PartialTiles(uint64_t tree_size);

// The hash of a node that TileForNode places in `tile`, computed from its bytes.
// INVALID_ARGUMENT when the data is not tile.width hashes or does not hold the node.
absl::StatusOr<Hash> NodeHashFromTile(NodeId node, const TileId& tile, std::string_view data);

// The hash of the node that a full tile stands for in the level above: (8 * (level + 1), index).
// INVALID_ARGUMENT with reason MALFORMED_TILE unless `data` is 256 hashes.
absl::StatusOr<Hash> FullTileHash(std::string_view data);

// Encoding a tile is concatenation; decoding checks for exactly `width` hashes.
// INVALID_ARGUMENT with reason MALFORMED_TILE otherwise.
std::string EncodeTile(absl::Span<const Hash> hashes);
absl::StatusOr<std::vector<Hash>> DecodeTile(std::string_view data, uint16_t width);

}  // namespace candor
