// SPDX-License-Identifier: Apache-2.0
#include "log/sequencer/right_edge.h"

#include <map>
#include <variant>
#include <vector>

#include "core/merkle/hasher.h"
#include "core/merkle/testing.h"
#include "core/merkle/tile.h"
#include "gtest/gtest.h"
#include "log/storage/log_store.h"
#include "log/storage/memory_log_store.h"
#include "log/storage/testing.h"

namespace candor {
namespace {

// Every partial tile at every width, and every node, against the whole tree.
void ExpectIsEdgeOf(const RightEdge& edge, const MemoryTree& tree) {
  ASSERT_EQ(edge.size(), tree.size());
  ASSERT_EQ(edge.root(), tree.Root());
  MemoryTileSource source(&tree);
  for (const TileId& tile : PartialTiles(tree.size())) {
    for (uint16_t width = 1; width <= tile.width; width += (width < 5 ? 1 : 50)) {
      const TileId id{tile.level, tile.index, width};
      ASSERT_EQ(*edge.ReadTile(id), source.ReadTiles({id})->at(0));
    }
    EXPECT_FALSE(edge.ReadTile({tile.level, tile.index, 0}).ok());
    EXPECT_FALSE(edge.ReadTile({tile.level, tile.index + 1, 1}).ok());
    if (tile.width < 255) {
      EXPECT_FALSE(
          edge.ReadTile({tile.level, tile.index, static_cast<uint16_t>(tile.width + 1)}).ok());
    }
  }
  for (const NodeId& node : FrontierNodes(tree.size())) {
    ASSERT_EQ(*edge.ReadHash(node), tree.ReadHashes({node})->at(0));
  }
}

TEST(RightEdgeTest, GrowsLeafByLeafAndEmitsEachFullTileOnce) {
  RightEdge edge;
  TestAppender log;
  std::map<StoredTileId, StoredTile> emitted;
  for (uint64_t i = 0; i < 1100; ++i) {
    ExpectIsEdgeOf(edge, log.tree());
    log.Next(1);
    edge.Append(LeafHash(TestEntryAt(i)), [&](StoredTile tile) {
      const StoredTileId id = tile.id;
      EXPECT_TRUE(emitted.emplace(id, std::move(tile)).second);
    });
  }
  ASSERT_EQ(emitted.size(), log.FullTiles().size());
  for (const auto& [id, tile] : emitted) EXPECT_EQ(tile, log.Tile(id));
}

TEST(RightEdgeTest, LoadsFromAStoreAtEverySize) {
  MemoryLogStore store;
  TestAppender log;
  for (uint64_t size = 0; size < 1100; size += (size % 256 < 3 || size % 256 > 253 ? 1 : 23)) {
    if (size > log.head().tree_size) {
      ASSERT_TRUE(
          std::holds_alternative<Committed>(store.Append(log.Next(size - log.head().tree_size))));
    }
    const auto edge = RightEdge::Load(*store.GetSnapshot().value());
    ASSERT_TRUE(edge.ok()) << edge.status();
    ExpectIsEdgeOf(*edge, log.tree());
  }
}

TEST(RightEdgeTest, LoadsAndGrowsAcrossTheSecondLevel) {
  MemoryLogStore store;
  TestAppender log;
  for (const size_t entries : {65536 - 2, 1, 1, 1, 300}) {
    ASSERT_TRUE(std::holds_alternative<Committed>(store.Append(log.Next(entries))));
    auto edge = RightEdge::Load(*store.GetSnapshot().value());
    ASSERT_TRUE(edge.ok()) << edge.status();
    ExpectIsEdgeOf(*edge, log.tree());
  }
}

TEST(RightEdgeTest, ADamagedTileIsNotLoaded) {
  MemoryLogStore store;
  TestAppender log;
  AppendRequest request = log.Next(600);
  request.full_tiles[1].middle[3] = Hash();
  ASSERT_TRUE(std::holds_alternative<Committed>(store.Append(request)));
  EXPECT_TRUE(absl::IsDataLoss(RightEdge::Load(*store.GetSnapshot().value()).status()));
}

}  // namespace
}  // namespace candor
