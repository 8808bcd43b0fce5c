// SPDX-License-Identifier: Apache-2.0
#include "core/merkle/tile_path.h"

#include <cstddef>
#include <limits>

#include "absl/strings/str_cat.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr uint16_t kFullWidth = 256;
constexpr std::string_view kPartialMark = ".p/";
constexpr size_t kMaxLength = 64;  // Seven elements and a width need less.

// Three digits.
std::string Element(uint64_t value) {
  std::string digits = absl::StrCat(1000 + value);
  return digits.substr(1);
}

// Reads "x001/x234/067" without minding whether it is canonical.
absl::StatusOr<uint64_t> ParseIndex(std::string_view path) {
  constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();
  uint64_t index = 0;
  while (true) {
    const bool more = path.starts_with('x');
    if (more) path.remove_prefix(1);
    if (path.size() < 3) return MalformedTilePath("an element of the index lacks digits");
    uint64_t element = 0;
    for (char c : path.substr(0, 3)) {
      if (c < '0' || c > '9') return MalformedTilePath("an element of the index is not 3 digits");
      element = 10 * element + static_cast<uint64_t>(c - '0');
    }
    if (index > (kMax - element) / 1000) {
      return MalformedTilePath("the index does not fit into 64 bits");
    }
    index = 1000 * index + element;
    path.remove_prefix(3);
    if (!more) break;
    if (!path.starts_with('/')) return MalformedTilePath("an element begins with x and is last");
    path.remove_prefix(1);
  }
  if (!path.empty()) return MalformedTilePath("something follows the index");
  return index;
}

absl::StatusOr<uint16_t> ParseWidth(std::string_view text) {
  const absl::StatusOr<uint64_t> width = ParseDecimal(text);
  if (!width.ok() || *width < 1 || *width >= kFullWidth) {
    return MalformedTilePath("the width of a partial tile must be 1 to 255");
  }
  return static_cast<uint16_t>(*width);
}

}  // namespace

absl::Status MalformedTilePath(std::string_view why) {
  return Refuse(absl::StatusCode::kInvalidArgument, "MALFORMED_TILE_PATH",
                absl::StrCat("the tile path is not valid: ", why));
}

std::string FormatTileLocation(const TileLocation& location) {
  std::string path = Element(location.index % 1000);
  for (uint64_t rest = location.index / 1000; rest > 0; rest /= 1000) {
    path = absl::StrCat("x", Element(rest % 1000), "/", path);
  }
  if (location.width != kFullWidth) absl::StrAppend(&path, kPartialMark, location.width);
  return path;
}

absl::StatusOr<TileLocation> ParseTileLocation(std::string_view path) {
  if (path.size() > kMaxLength) return MalformedTilePath("it is too long");
  TileLocation location = {0, kFullWidth};
  const size_t mark = path.find(kPartialMark);
  if (mark != std::string_view::npos) {
    CANDOR_ASSIGN_OR_RETURN(location.width, ParseWidth(path.substr(mark + kPartialMark.size())));
  }
  CANDOR_ASSIGN_OR_RETURN(location.index, ParseIndex(path.substr(0, mark)));
  if (FormatTileLocation(location) != path) {
    return MalformedTilePath("the index has leading zero elements");
  }
  return location;
}

}  // namespace candor
