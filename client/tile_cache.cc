// SPDX-License-Identifier: Apache-2.0
#include "client/tile_cache.h"

#include <string>
#include <utility>
#include <vector>

#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {

absl::StatusOr<std::vector<std::string>> TileCache::ReadTiles(absl::Span<const TileId> tiles) {
  std::vector<TileId> missing;
  for (const TileId& tile : tiles) {
    if (!kept_.contains(tile)) missing.push_back(tile);
  }
  std::vector<std::string> fetched;
  if (!missing.empty()) {
    CANDOR_ASSIGN_OR_RETURN(fetched, source_->ReadTiles(missing));
    if (fetched.size() != missing.size()) {
      return Refuse(absl::StatusCode::kDataLoss, "RESPONSE_MALFORMED",
                    "the source answered another number of tiles");
    }
  }
  std::vector<std::string> out;
  out.reserve(tiles.size());
  size_t next = 0;
  for (const TileId& tile : tiles) {
    const auto it = kept_.find(tile);
    out.push_back(it != kept_.end() ? it->second : std::move(fetched[next++]));
  }
  return out;
}

void TileCache::KeepTiles(absl::Span<const TileId> tiles, absl::Span<const std::string> data) {
  for (size_t i = 0; i < tiles.size() && i < data.size(); ++i) {
    if (kept_.size() >= max_tiles_) kept_.clear();
    kept_[tiles[i]] = data[i];
  }
}

}  // namespace candor
