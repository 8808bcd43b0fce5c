// SPDX-License-Identifier: Apache-2.0
#include "core/merkle/tile.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/merkle/hasher.h"
#include "core/merkle/tile_path.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr std::string_view kPathPrefix = "tile/";
constexpr uint8_t kTreeTileLevels = 64 / kTileHeight;  // Of a 64-bit tree.

absl::Status MalformedTile(std::string_view why) {
  return Refuse(absl::StatusCode::kInvalidArgument, "MALFORMED_TILE",
                absl::StrCat("the tile ", why));
}

// How many nodes of the level that these tiles hold are in the tree.
uint64_t RowLength(uint8_t level, uint64_t tree_size) {
  return level < kTreeTileLevels ? tree_size >> (kTileHeight * level) : 0;
}

Hash HashAt(std::string_view data, size_t position) {
  Hash hash;
  const std::string_view bytes = data.substr(position * Hash::kSize, Hash::kSize);
  std::copy(bytes.begin(), bytes.end(), hash.data());
  return hash;
}

// The root of the complete subtree over these hashes, a power of two of them.
Hash SubtreeHash(std::string_view data) {
  std::vector<Hash> hashes(data.size() / Hash::kSize);
  for (size_t i = 0; i < hashes.size(); ++i) hashes[i] = HashAt(data, i);
  for (; hashes.size() > 1; hashes.resize(hashes.size() / 2)) {
    for (size_t i = 0; i < hashes.size() / 2; ++i) {
      hashes[i] = NodeHash(hashes[2 * i], hashes[2 * i + 1]);
    }
  }
  return hashes[0];
}

absl::Status CheckTileSize(std::string_view data, uint16_t width) {
  if (width >= 1 && width <= kTileWidth && data.size() == width * Hash::kSize) {
    return absl::OkStatus();
  }
  return MalformedTile(absl::StrCat("has ", data.size(), " bytes, a width of ", width, " takes ",
                                    width * Hash::kSize));
}

}  // namespace

std::string TilePath(const TileId& tile) {
  return absl::StrCat(kPathPrefix, tile.level, "/", FormatTileLocation({tile.index, tile.width}));
}

absl::StatusOr<TileId> ParseTilePath(std::string_view path) {
  if (!path.starts_with(kPathPrefix)) return MalformedTilePath("it does not begin with tile/");
  path.remove_prefix(kPathPrefix.size());
  const size_t slash = path.find('/');
  if (slash == std::string_view::npos) return MalformedTilePath("it has no index");
  const absl::StatusOr<uint64_t> level = ParseDecimal(path.substr(0, slash));
  if (!level.ok() || *level > kMaxTileLevel) return MalformedTilePath("its level must be 0 to 63");
  CANDOR_ASSIGN_OR_RETURN(const TileLocation location, ParseTileLocation(path.substr(slash + 1)));
  return TileId{static_cast<uint8_t>(*level), location.index, location.width};
}

uint16_t TileWidthInTree(uint8_t level, uint64_t index, uint64_t tree_size) {
  const uint64_t row = RowLength(level, tree_size);
  if (index > row / kTileWidth) return 0;
  return static_cast<uint16_t>(std::min<uint64_t>(row - index * kTileWidth, kTileWidth));
}

bool IsTileInTree(const TileId& tile, uint64_t tree_size) {
  return tile.width >= 1 && tile.width <= TileWidthInTree(tile.level, tile.index, tree_size);
}

absl::StatusOr<TileId> TileForNode(NodeId node, uint64_t tree_size) {
  if (!IsNodeInTree(node, tree_size)) {
    return Refuse(absl::StatusCode::kOutOfRange, "NODE_OUT_OF_RANGE",
                  absl::StrCat("node ", node.index, " of level ", node.level,
                               " is not in a tree of size ", tree_size));
  }
  const uint8_t level = node.level / kTileHeight;
  const uint64_t index = node.index >> (kTileHeight - node.level % kTileHeight);
  return TileId{level, index, TileWidthInTree(level, index, tree_size)};
}

std::vector<TileId> TilesForTreeSize(uint64_t tree_size) { return NewTiles(0, tree_size); }

std::vector<TileId> NewTiles(uint64_t old_size, uint64_t new_size) {
  std::vector<TileId> tiles;
  if (old_size >= new_size) return tiles;
  for (uint8_t level = 0; RowLength(level, new_size) > 0; ++level) {
    const uint64_t first = RowLength(level, old_size) / kTileWidth;
    const uint64_t last = (RowLength(level, new_size) - 1) / kTileWidth;
    for (uint64_t index = first; index <= last; ++index) {
      const uint16_t width = TileWidthInTree(level, index, new_size);
      if (width != TileWidthInTree(level, index, old_size)) tiles.push_back({level, index, width});
    }
  }
  return tiles;
}

std::vector<TileId> PartialTiles(uint64_t tree_size) {
  std::vector<TileId> tiles;
  for (uint8_t level = 0; RowLength(level, tree_size) > 0; ++level) {
    const uint64_t index = RowLength(level, tree_size) / kTileWidth;
    const uint16_t width = TileWidthInTree(level, index, tree_size);
    if (width > 0) tiles.push_back({level, index, width});
  }
  return tiles;
}

absl::StatusOr<Hash> NodeHashFromTile(NodeId node, const TileId& tile, std::string_view data) {
  CANDOR_RETURN_IF_ERROR(CheckTileSize(data, tile.width));
  const unsigned height = node.level % kTileHeight;  // Above the tile's hashes.
  const uint64_t per_tile = uint64_t{kTileWidth} >> height;
  const size_t count = size_t{1} << height;
  const size_t first = static_cast<size_t>(node.index % per_tile) << height;
  if (node.level / kTileHeight != tile.level || node.index / per_tile != tile.index ||
      first + count > tile.width) {
    return Refuse(
        absl::StatusCode::kInvalidArgument, "NODE_OUT_OF_RANGE",
        absl::StrCat("node ", node.index, " of level ", node.level, " is not in ", TilePath(tile)));
  }
  return SubtreeHash(data.substr(first * Hash::kSize, count * Hash::kSize));
}

absl::StatusOr<Hash> FullTileHash(std::string_view data) {
  CANDOR_RETURN_IF_ERROR(CheckTileSize(data, kTileWidth));
  return SubtreeHash(data);
}

std::string EncodeTile(absl::Span<const Hash> hashes) {
  std::string data;
  data.reserve(hashes.size() * Hash::kSize);
  for (const Hash& hash : hashes) data.append(hash.bytes());
  return data;
}

absl::StatusOr<std::vector<Hash>> DecodeTile(std::string_view data, uint16_t width) {
  CANDOR_RETURN_IF_ERROR(CheckTileSize(data, width));
  std::vector<Hash> hashes(width);
  for (size_t i = 0; i < width; ++i) hashes[i] = HashAt(data, i);
  return hashes;
}

}  // namespace candor
