// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "core/crypto/hash.h"
#include "core/merkle/tile.h"
#include "core/merkle/tree.h"
#include "log/storage/log_store.h"
#include "log/storage/stored_tile.h"

namespace candor {

// The part of a growing tree that is not in full tiles: at most one partial tile a level, with
// which new leaves can be added and every node outside of the full tiles is known. A value type of
// at most 70 KiB; const methods are thread-safe.
class RightEdge {
 public:
  RightEdge() = default;  // The empty tree.

  // Rebuilds the edge of a snapshot's tree from its entries and full tiles: at most 255 entries and
  // 255 full tiles a level. It does not look at the head's root: compare it with root().
  static absl::StatusOr<RightEdge> Load(const LogSnapshot& snapshot);

  // Adds a leaf; tells `on_full_tile` each tile that it completes, from level 0 up.
  void Append(const Hash& leaf_hash, absl::FunctionRef<void(StoredTile)> on_full_tile);

  uint64_t size() const { return frontier_.size(); }
  Hash root() const { return frontier_.root(); }

  // The first `tile.width` hashes of the partial tile, as the standard serves them. NOT_FOUND when
  // the tile is full, beyond the tree, or not that wide.
  absl::StatusOr<std::string> ReadTile(const TileId& tile) const;

  // The hash of a node in a partial tile; NOT_FOUND when it is not in one.
  absl::StatusOr<Hash> ReadHash(NodeId node) const;

 private:
  // The partial tile of each level, from level 0. Levels without hashes are there only below
  // others.
  std::vector<StoredTile> partial_;
  Frontier frontier_;
};

}  // namespace candor
