// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// The end of a tile's path, which tiles of hashes and of entries have in common. Internal to
// core/merkle.

namespace candor {

struct TileLocation {
  uint64_t index = 0;
  uint16_t width = 0;  // 1..256
};

// "x001/x234/067", and ".p/12" after it unless the width is 256.
std::string FormatTileLocation(const TileLocation& location);

// The inverse, canonical paths only. INVALID_ARGUMENT with reason MALFORMED_TILE_PATH otherwise.
absl::StatusOr<TileLocation> ParseTileLocation(std::string_view path);

absl::Status MalformedTilePath(std::string_view why);

}  // namespace candor
