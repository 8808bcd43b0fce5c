// SPDX-License-Identifier: Apache-2.0
#include "log/storage/testing.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/crypto/hash.h"
#include "core/merkle/hasher.h"
#include "core/merkle/tile.h"
#include "log/storage/stored_tile.h"

namespace candor {

std::string TestEntryAt(uint64_t index) {
  std::string entry = absl::StrCat("entry ", index, " ");
  entry.resize(20 + index * 7919 % 100, '.');
  return entry;
}

Hash TestStatementId(uint64_t index) { return Sha256(absl::StrCat("statement ", index)); }

AppendRequest TestAppender::Next(size_t entries, std::vector<RegistryMutation> registry) {
  AppendRequest request;
  request.expected = head_;
  request.registry = std::move(registry);
  for (size_t i = 0; i < entries; ++i) {
    const uint64_t index = head_.tree_size + i;
    request.entries.push_back(TestEntryAt(index));
    const Hash leaf_hash = LeafHash(request.entries.back());
    request.index_rows.push_back({TestStatementId(index), leaf_hash});
    tree_.Append(leaf_hash);
  }
  for (const TileId& tile : NewTiles(head_.tree_size, tree_.size())) {
    if (tile.full()) request.full_tiles.push_back(Tile({tile.level, tile.index}));
  }
  head_ = {tree_.size(), tree_.Root(), head_.sequence + 1, Sha256("registry")};
  request.next = head_;
  return request;
}

StoredTile TestAppender::Tile(StoredTileId id) const {
  std::vector<NodeId> bottom;
  for (uint64_t i = 0; i < kTileWidth; ++i) {
    bottom.push_back({static_cast<uint8_t>(kTileHeight * id.level), id.index * kTileWidth + i});
  }
  std::vector<NodeId> middle;
  for (uint64_t i = 0; i < kMiddleWidth; ++i) {
    middle.push_back({static_cast<uint8_t>(kTileHeight * id.level + kMiddleHeight),
                      id.index * kMiddleWidth + i});
  }
  return {id, tree_.ReadHashes(bottom).value(), tree_.ReadHashes(middle).value()};
}

std::vector<StoredTileId> TestAppender::FullTiles() const {
  std::vector<StoredTileId> ids;
  for (const TileId& tile : TilesForTreeSize(tree_.size())) {
    if (tile.full()) ids.push_back({tile.level, tile.index});
  }
  return ids;
}

}  // namespace candor
