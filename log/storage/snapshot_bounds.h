// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "log/storage/stored_tile.h"

// The bounds that every LogSnapshot keeps: what lies at an index >= the tree size does not exist.

namespace candor {

// OUT_OF_RANGE with reason INDEX_OUT_OF_RANGE unless start < end <= tree_size.
absl::Status CheckEntryRange(uint64_t start, uint64_t end, uint64_t tree_size);

// OUT_OF_RANGE with reason TILE_OUT_OF_RANGE unless all are full in a tree of `tree_size`.
absl::Status CheckFullTiles(absl::Span<const StoredTileId> tiles, uint64_t tree_size);

}  // namespace candor
