// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/crypto/hash.h"
#include "core/merkle/tile.h"
#include "core/merkle/tree.h"

namespace candor {

// Where tiles come from: a log over HTTP, a mirror, a folder. Not trusted. Implementations say
// whether they are thread-safe and bound what they read (a tile is at most kMaxTileBytes).
class TileSource {
 public:
  virtual ~TileSource() = default;

  // The bytes of `tiles`, as many and in the same order, each of width * 32 bytes (a source that
  // has only a wider version of a tile hands out its prefix), or an error.
  virtual absl::StatusOr<std::vector<std::string>> ReadTiles(absl::Span<const TileId> tiles) = 0;

  // Told of tiles that were authenticated, so that a cache keeps nothing else. Parallel spans.
  virtual void KeepTiles(absl::Span<const TileId> /*tiles*/,
                         absl::Span<const std::string> /*data*/) {}
};

// Reads nodes of one tree, of a size and root that the caller trusts, from tiles of a source that
// is not trusted: no hash is handed out before its tile was traced up to the root. Each ReadHashes
// is one ReadTiles of all tiles that it takes, the right edge included.
//
// Errors: OUT_OF_RANGE for a node outside of the tree; DATA_LOSS with reason TILE_MISMATCH when the
// source's tiles are not those of the tree; what the source answers.
// As thread-safe as its source, which must outlive it.
class TileReader : public HashReader {
 public:
  TileReader(uint64_t tree_size, const Hash& root, TileSource* source);

  absl::StatusOr<std::vector<Hash>> ReadHashes(absl::Span<const NodeId> nodes) const override;

 private:
  uint64_t tree_size_;
  Hash root_;
  TileSource* source_;
};

}  // namespace candor
