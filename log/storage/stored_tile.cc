// SPDX-License-Identifier: Apache-2.0
#include "log/storage/stored_tile.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/merkle/hasher.h"
#include "core/util/reason.h"

namespace candor {
namespace {

// The root of a complete subtree over `hashes`, whose count is a power of two.
Hash Fold(absl::Span<const Hash> hashes) {
  if (hashes.size() == 1) return hashes[0];
  const size_t half = hashes.size() / 2;
  return NodeHash(Fold(hashes.subspan(0, half)), Fold(hashes.subspan(half)));
}

}  // namespace

std::string StoredTile::Encode() const {
  std::string bytes;
  bytes.reserve((kTileWidth + kMiddleWidth) * Hash::kSize);
  for (const Hash& hash : hashes) bytes.append(hash.bytes());
  for (const Hash& hash : middle) bytes.append(hash.bytes());
  return bytes;
}

absl::StatusOr<StoredTile> StoredTile::Decode(StoredTileId id, std::string_view bytes) {
  constexpr size_t kCount = kTileWidth + kMiddleWidth;
  if (bytes.size() != kCount * Hash::kSize) {
    return Refuse(absl::StatusCode::kDataLoss, "STORE_DAMAGED",
                  absl::StrCat("stored tile ", int{id.level}, "/", id.index, " has ", bytes.size(),
                               " bytes instead of ", kCount * Hash::kSize));
  }
  StoredTile tile{.id = id, .hashes = {}, .middle = {}};
  tile.hashes.reserve(kTileWidth);
  tile.middle.reserve(kMiddleWidth);
  for (size_t i = 0; i < kCount; ++i) {
    Hash hash = *Hash::FromBytes(bytes.substr(i * Hash::kSize, Hash::kSize));
    (i < kTileWidth ? tile.hashes : tile.middle).push_back(hash);
  }
  return tile;
}

absl::StatusOr<Hash> NodeHashInTile(const StoredTile& tile, NodeId node) {
  const unsigned base = kTileHeight * tile.id.level;
  if (node.level >= base && node.level < base + kTileHeight) {
    const unsigned height = node.level - base;
    const uint64_t per_tile = kTileWidth >> height;
    const bool use_middle = height >= kMiddleHeight;
    const std::vector<Hash>& row = use_middle ? tile.middle : tile.hashes;
    const unsigned above = use_middle ? height - kMiddleHeight : height;
    const size_t first = static_cast<size_t>(node.index % per_tile) << above;
    const size_t count = size_t{1} << above;
    if (node.index / per_tile == tile.id.index && first + count <= row.size()) {
      return Fold(absl::MakeConstSpan(row).subspan(first, count));
    }
  }
  return absl::OutOfRangeError(absl::StrCat("node ", int{node.level}, "/", node.index,
                                            " is not in tile ", int{tile.id.level}, "/",
                                            tile.id.index, " of width ", tile.hashes.size()));
}

std::vector<Hash> MiddleRow(absl::Span<const Hash> hashes) {
  std::vector<Hash> middle;
  for (size_t first = 0; first + kMiddleWidth <= hashes.size(); first += kMiddleWidth) {
    middle.push_back(Fold(hashes.subspan(first, kMiddleWidth)));
  }
  return middle;
}

absl::StatusOr<Hash> TileRoot(const StoredTile& tile) {
  const bool full = tile.hashes.size() == kTileWidth;
  if (full && MiddleRow(tile.hashes) == tile.middle) return Fold(tile.middle);
  return Refuse(
      absl::StatusCode::kDataLoss, "STORE_DAMAGED",
      absl::StrCat("stored tile ", int{tile.id.level}, "/", tile.id.index, " contradicts itself"));
}

}  // namespace candor
