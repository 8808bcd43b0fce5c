// SPDX-License-Identifier: Apache-2.0
#include "log/storage/snapshot_bounds.h"

#include "absl/strings/str_cat.h"
#include "core/merkle/tile.h"
#include "core/util/reason.h"

namespace candor {

absl::Status CheckEntryRange(uint64_t start, uint64_t end, uint64_t tree_size) {
  if (start < end && end <= tree_size) return absl::OkStatus();
  return Refuse(absl::StatusCode::kOutOfRange, "INDEX_OUT_OF_RANGE",
                absl::StrCat("entries ", start, " to ", end,
                             " are no range of the tree, which has ", tree_size, " entries"));
}

absl::Status CheckFullTiles(absl::Span<const StoredTileId> tiles, uint64_t tree_size) {
  for (const StoredTileId& tile : tiles) {
    if (TileWidthInTree(tile.level, tile.index, tree_size) == kTileWidth) continue;
    return Refuse(absl::StatusCode::kOutOfRange, "TILE_OUT_OF_RANGE",
                  absl::StrCat("tile ", int{tile.level}, "/", tile.index,
                               " is not full in a tree of ", tree_size, " entries"));
  }
  return absl::OkStatus();
}

}  // namespace candor
