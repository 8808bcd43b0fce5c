// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/merkle/tile.h"
#include "core/merkle/tile_reader.h"

namespace candor {

// Keeps authenticated tiles of another source in memory, so that following a log asks for each tile
// once. Bounded; only what KeepTiles was told is kept. Not thread-safe.
class TileCache final : public TileSource {
 public:
  // `source` must outlive this.
  explicit TileCache(TileSource* source, size_t max_tiles = 1024)
      : source_(source), max_tiles_(max_tiles) {}

  absl::StatusOr<std::vector<std::string>> ReadTiles(absl::Span<const TileId> tiles) override;
  void KeepTiles(absl::Span<const TileId> tiles, absl::Span<const std::string> data) override;

  // Forgets everything: tiles are those of one tree, and another may be asked for now.
  void Clear() { kept_.clear(); }

 private:
  TileSource* const source_;
  const size_t max_tiles_;
  absl::flat_hash_map<TileId, std::string> kept_;
};

}  // namespace candor
