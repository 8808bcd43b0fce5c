// SPDX-License-Identifier: Apache-2.0
#include "core/merkle/tile.h"

#include <algorithm>
#include <limits>
#include <set>

#include "core/merkle/hasher.h"
#include "core/merkle/testing.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

using std::string_literals::operator""s;

constexpr uint64_t kMax64 = std::numeric_limits<uint64_t>::max();

std::vector<uint64_t> Sizes() {
  std::vector<uint64_t> sizes = {65535, 65536, 65537, 70000};
  for (uint64_t size = 0; size <= 600; ++size) sizes.push_back(size);
  return sizes;
}

// The specification's sentence: floor(s / 256^l) hashes at level l, in tiles of 256, the last one
// of the remainder.
std::vector<TileId> TilesByDefinition(uint64_t size) {
  std::vector<TileId> tiles;
  uint8_t level = 0;
  for (uint64_t hashes = size; hashes > 0; hashes /= 256, ++level) {
    for (uint64_t n = 0; n < hashes / 256; ++n) tiles.push_back({level, n, 256});
    const auto rest = static_cast<uint16_t>(hashes % 256);
    if (rest > 0) tiles.push_back({level, hashes / 256, rest});
  }
  return tiles;
}

TEST(TileTest, TilesOfEverySize) {
  for (uint64_t size : Sizes()) {
    const std::vector<TileId> tiles = TilesForTreeSize(size);
    ASSERT_EQ(tiles, TilesByDefinition(size)) << size;
    std::vector<TileId> partial;
    std::copy_if(tiles.begin(), tiles.end(), std::back_inserter(partial),
                 [](const TileId& tile) { return !tile.full(); });
    EXPECT_EQ(PartialTiles(size), partial);
    for (const TileId& tile : tiles) {
      EXPECT_EQ(TileWidthInTree(tile.level, tile.index, size), tile.width);
    }
  }
}

TEST(TileTest, TheSpecificationsExample) {
  const std::vector<TileId> tiles = TilesForTreeSize(70000);
  EXPECT_EQ(tiles.size(), 273u + 1 + 1 + 1 + 1);
  EXPECT_EQ(tiles[272], (TileId{0, 272, 256}));
  EXPECT_EQ(tiles[273], (TileId{0, 273, 112}));
  EXPECT_EQ(tiles[274], (TileId{1, 0, 256}));
  EXPECT_EQ(tiles[275], (TileId{1, 1, 17}));
  EXPECT_EQ(tiles[276], (TileId{2, 0, 1}));
  EXPECT_EQ(TilesForTreeSize(256), (std::vector<TileId>{{0, 0, 256}, {1, 0, 1}}));
}

TEST(TileTest, NewTilesAreThoseThatChanged) {
  const std::vector<uint64_t> sizes = {0,   1,   2,   255,   256,   257,   300,   511,  512,
                                       513, 600, 768, 65535, 65536, 65537, 65792, 70000};
  for (uint64_t old_size : sizes) {
    const std::vector<TileId> before = TilesByDefinition(old_size);
    const std::set<TileId> old_tiles(before.begin(), before.end());
    for (uint64_t new_size : sizes) {
      std::vector<TileId> expected;
      if (old_size < new_size) {
        for (const TileId& tile : TilesByDefinition(new_size)) {
          if (!old_tiles.contains(tile)) expected.push_back(tile);
        }
      }
      EXPECT_EQ(NewTiles(old_size, new_size), expected) << old_size << " " << new_size;
    }
  }
}

TEST(TileTest, WidthsInTheLargestTrees) {
  EXPECT_EQ(TileWidthInTree(7, 0, kMax64), 255);
  EXPECT_EQ(TileWidthInTree(7, 1, kMax64), 0);
  EXPECT_EQ(TileWidthInTree(7, 0, (1ull << 56) - 1), 0);
  EXPECT_EQ(TileWidthInTree(0, (1ull << 56) - 1, kMax64), 255);
  EXPECT_EQ(TileWidthInTree(0, (1ull << 56) - 2, kMax64), 256);
  EXPECT_EQ(TileWidthInTree(0, 1ull << 56, kMax64), 0);
  for (uint8_t level : {8, 9, 32, 63, 64, 255}) EXPECT_EQ(TileWidthInTree(level, 0, kMax64), 0);
  for (uint8_t level = 0; level < 8; ++level) {
    EXPECT_EQ(TileWidthInTree(level, kMax64, kMax64), 0);
    EXPECT_EQ(TileWidthInTree(level, 0, 0), 0);
  }
  EXPECT_EQ(PartialTiles(kMax64).size(), 8u);
  EXPECT_EQ(PartialTiles(1ull << 63), (std::vector<TileId>{{7, 0, 128}}));
}

TEST(TileTest, IsTileInTree) {
  EXPECT_TRUE(IsTileInTree({0, 0, 256}, 256));
  EXPECT_TRUE(IsTileInTree({0, 0, 255}, 256));
  EXPECT_TRUE(IsTileInTree({1, 0, 1}, 256));
  EXPECT_FALSE(IsTileInTree({0, 0, 256}, 255));
  EXPECT_FALSE(IsTileInTree({0, 0, 0}, 256));
  EXPECT_FALSE(IsTileInTree({0, 0, 257}, 1000));
  EXPECT_FALSE(IsTileInTree({0, 1, 1}, 256));
  EXPECT_FALSE(IsTileInTree({1, 0, 1}, 255));
  EXPECT_FALSE(IsTileInTree({63, 0, 1}, kMax64));
}

TEST(TileTest, EveryNodeComesFromItsTile) {
  MemoryTree tree;
  for (int i = 0; i < 66000; ++i) tree.AppendEntry(std::to_string(i));
  MemoryTileSource source(&tree);
  for (uint64_t size : {1, 2, 3, 255, 256, 257, 300, 66000}) {
    for (uint8_t level = 0; level < 20; ++level) {
      const uint64_t step = size > 1000 && level < 6 ? 499 : 1;
      for (uint64_t index = 0; IsNodeInTree({level, index}, size); index += step) {
        const NodeId node = {level, index};
        const TileId tile = TileForNode(node, size).value();
        EXPECT_EQ(tile.level, level / 8);
        EXPECT_EQ(tile.width, TileWidthInTree(tile.level, tile.index, size));
        const std::string data = source.ReadTiles({tile}).value()[0];
        ASSERT_EQ(NodeHashFromTile(node, tile, data).value(), tree.ReadHashes({node}).value()[0]);
      }
    }
  }
}

TEST(TileTest, NodesOutsideOfTheTreeHaveNoTile) {
  for (const auto& [node, size] : std::vector<std::pair<NodeId, uint64_t>>{
           {{0, 0}, 0}, {{0, 7}, 7}, {{3, 0}, 7}, {{64, 0}, kMax64}, {{63, 1}, kMax64}}) {
    EXPECT_EQ(TileForNode(node, size).status().code(), absl::StatusCode::kOutOfRange);
  }
  EXPECT_EQ(TileForNode({63, 0}, kMax64).value(), (TileId{7, 0, 255}));
}

TEST(TileTest, NodeHashRefusesOtherTilesAndSizes) {
  const std::string data(3 * Hash::kSize, 'x');
  const TileId tile = {0, 5, 3};
  EXPECT_TRUE(NodeHashFromTile({0, 5 * 256 + 2}, tile, data).ok());
  EXPECT_TRUE(NodeHashFromTile({1, 5 * 128}, tile, data).ok());
  for (const NodeId node : {NodeId{0, 5 * 256 + 3}, NodeId{1, 5 * 128 + 1}, NodeId{2, 5 * 64},
                            NodeId{0, 2}, NodeId{0, 6 * 256}, NodeId{8, 5}, NodeId{255, 0}}) {
    EXPECT_EQ(ReasonOf(NodeHashFromTile(node, tile, data).status()), "NODE_OUT_OF_RANGE");
  }
  for (size_t size : {0u, 1u, 95u, 97u, 128u, 8192u}) {
    EXPECT_EQ(ReasonOf(NodeHashFromTile({0, 1280}, tile, std::string(size, 'x')).status()),
              "MALFORMED_TILE");
  }
  EXPECT_FALSE(NodeHashFromTile({0, 0}, {0, 0, 0}, "").ok());
  EXPECT_FALSE(NodeHashFromTile({0, 0}, {0, 0, 257}, std::string(257 * 32, 'x')).ok());
}

TEST(TileTest, FullTileHashIsTheNodeAbove) {
  MemoryTree tree;
  for (int i = 0; i < 512; ++i) tree.AppendEntry(std::to_string(i));
  MemoryTileSource source(&tree);
  const std::string data = source.ReadTiles({TileId{0, 1, 256}}).value()[0];
  EXPECT_EQ(FullTileHash(data).value(), tree.ReadHashes({NodeId{8, 1}}).value()[0]);
  EXPECT_EQ(ReasonOf(FullTileHash(data.substr(32)).status()), "MALFORMED_TILE");
}

TEST(TileTest, EncodingRoundTrips) {
  const std::vector<Hash> hashes = {Sha256("a"), Sha256("b"), Sha256("c")};
  const std::string data = EncodeTile(hashes);
  EXPECT_EQ(data.size(), 96u);
  EXPECT_EQ(DecodeTile(data, 3).value(), hashes);
  for (uint16_t width : {0, 2, 4, 256, 257}) {
    EXPECT_EQ(ReasonOf(DecodeTile(data, width).status()), "MALFORMED_TILE");
  }
  EXPECT_EQ(ReasonOf(DecodeTile(data + "x", 3).status()), "MALFORMED_TILE");
  EXPECT_EQ(ReasonOf(DecodeTile("", 0).status()), "MALFORMED_TILE");
}

TEST(TilePathTest, KnownPaths) {
  EXPECT_EQ(TilePath({0, 0, 256}), "tile/0/000");
  EXPECT_EQ(TilePath({1, 1234067, 256}), "tile/1/x001/x234/067");
  EXPECT_EQ(TilePath({0, 1067, 12}), "tile/0/x001/067.p/12");
  EXPECT_EQ(TilePath({63, 999, 255}), "tile/63/999.p/255");
  EXPECT_EQ(TilePath({2, 1000, 1}), "tile/2/x001/000.p/1");
  EXPECT_EQ(TilePath({0, kMax64, 256}), "tile/0/x018/x446/x744/x073/x709/x551/615");
}

TEST(TilePathTest, RoundTrips) {
  for (uint8_t level : {0, 1, 7, 9, 10, 63}) {
    for (uint64_t index : {uint64_t{0}, uint64_t{9}, uint64_t{999}, uint64_t{1000}, uint64_t{1001},
                           uint64_t{999999}, uint64_t{1000000}, kMax64 - 1, kMax64}) {
      for (uint16_t width : {1, 9, 10, 99, 100, 255, 256}) {
        const TileId tile = {level, index, width};
        EXPECT_EQ(ParseTilePath(TilePath(tile)).value(), tile);
      }
    }
  }
}

TEST(TilePathTest, RefusesWhatIsNotCanonical) {
  for (const std::string& path : {""s,
                                  "tile"s,
                                  "tile/"s,
                                  "tile/0"s,
                                  "tile/0/"s,
                                  "/tile/0/000"s,
                                  "Tile/0/000"s,
                                  "tile//000"s,
                                  "tile/00/000"s,
                                  "tile/01/000"s,
                                  "tile/64/000"s,
                                  "tile/-1/000"s,
                                  "tile/+1/000"s,
                                  "tile/x/000"s,
                                  "tile/256/000"s,
                                  "tile/entries/000"s,
                                  "tile/0/0"s,
                                  "tile/0/00"s,
                                  "tile/0/0000"s,
                                  "tile/0/1234"s,
                                  "tile/0/x001"s,
                                  "tile/0/x001/"s,
                                  "tile/0/001/067"s,
                                  "tile/0/x001/x067"s,
                                  "tile/0/x000/067"s,
                                  "tile/0/x000/x000/067"s,
                                  "tile/0/X001/067"s,
                                  "tile/0/x01/067"s,
                                  "tile/0/x0001/067"s,
                                  "tile/0/x001//067"s,
                                  "tile/0/x001/067/"s,
                                  "tile/0/0a0"s,
                                  "tile/0/ 00"s,
                                  "tile/0/000 "s,
                                  "tile/0/000\n"s,
                                  "tile/0/000\0"s,
                                  "tile/0/000?x"s,
                                  "tile/0/../000"s,
                                  "tile/0/000.p"s,
                                  "tile/0/000.p/"s,
                                  "tile/0/000.p/0"s,
                                  "tile/0/000.p/00"s,
                                  "tile/0/000.p/01"s,
                                  "tile/0/000.p/256"s,
                                  "tile/0/000.p/257"s,
                                  "tile/0/000.p/-1"s,
                                  "tile/0/000.p/1/"s,
                                  "tile/0/000.p/1.p/1"s,
                                  "tile/0/000.p/18446744073709551617"s,
                                  "tile/0/000p/1"s,
                                  "tile/0/x001.p/067"s,
                                  "tile/0/x018/x446/x744/x073/x709/x551/616"s,
                                  "tile/0/x999/x999/x999/x999/x999/x999/999"s,
                                  "tile/0/x001/x000/x000/x000/x000/x000/x000/000"s,
                                  "tile/0/" + std::string(10000, 'x'),
                                  "tile/0/000.p/" + std::string(10000, '1')}) {
    EXPECT_EQ(ReasonOf(ParseTilePath(path).status()), "MALFORMED_TILE_PATH") << path;
  }
}

}  // namespace
}  // namespace candor
