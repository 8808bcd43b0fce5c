// SPDX-License-Identifier: Apache-2.0
#include "log/storage/stored_tile.h"

#include <string>
#include <vector>

#include "core/merkle/hasher.h"
#include "core/merkle/testing.h"
#include "core/merkle/tile.h"
#include "core/merkle/tree.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

MemoryTree TreeOf(uint64_t size) {
  MemoryTree tree;
  for (uint64_t i = 0; i < size; ++i) tree.AppendEntry(std::to_string(i));
  return tree;
}

Hash NodeOf(const MemoryTree& tree, NodeId node) { return tree.ReadHashes({node}).value()[0]; }

StoredTile TileOf(const MemoryTree& tree, uint64_t index, uint64_t width) {
  std::vector<Hash> hashes;
  for (uint64_t i = 0; i < width; ++i) hashes.push_back(NodeOf(tree, {0, index * 256 + i}));
  std::vector<Hash> middle = MiddleRow(hashes);
  return {{0, index}, hashes, middle};
}

TEST(StoredTileTest, EncodesAndDecodes) {
  const StoredTile tile = TileOf(TreeOf(256), 0, 256);
  const std::string bytes = tile.Encode();
  EXPECT_EQ(bytes.size(), 272 * 32u);
  EXPECT_EQ(bytes.substr(0, 8192), tile.TileBytes());
  EXPECT_EQ(*StoredTile::Decode({0, 0}, bytes), tile);
}

TEST(StoredTileTest, RefusesEveryOtherLength) {
  const std::string bytes = TileOf(TreeOf(256), 0, 256).Encode();
  for (const size_t size : {size_t{0}, size_t{8192}, bytes.size() - 1, bytes.size() + 1}) {
    std::string wrong = bytes;
    wrong.resize(size);
    EXPECT_TRUE(absl::IsDataLoss(StoredTile::Decode({0, 0}, wrong).status())) << size;
  }
}

TEST(StoredTileTest, GivesEveryNodeOfAFullTile) {
  const MemoryTree tree = TreeOf(512);
  const StoredTile tile = TileOf(tree, 1, 256);
  for (uint8_t level = 0; level < 8; ++level) {
    for (uint64_t index = 256u >> level; index < 512u >> level; ++index) {
      const auto hash = NodeHashInTile(tile, {level, index});
      ASSERT_TRUE(hash.ok()) << hash.status();
      ASSERT_EQ(*hash, NodeOf(tree, {level, index}));
    }
    EXPECT_FALSE(NodeHashInTile(tile, {level, (256u >> level) - 1}).ok());
    EXPECT_FALSE(NodeHashInTile(tile, {level, 512u >> level}).ok());
  }
  EXPECT_FALSE(NodeHashInTile(tile, {8, 1}).ok());
  EXPECT_EQ(*TileRoot(tile), NodeOf(tree, {8, 1}));
}

TEST(StoredTileTest, GivesExactlyTheCompleteNodesOfAPartialTile) {
  const MemoryTree tree = TreeOf(256);
  for (uint64_t width = 0; width < 256; ++width) {
    const StoredTile tile = TileOf(tree, 0, width);
    for (uint8_t level = 0; level < 8; ++level) {
      for (uint64_t index = 0; index < 256u >> level; ++index) {
        const auto hash = NodeHashInTile(tile, {level, index});
        ASSERT_EQ(hash.ok(), (index + 1) << level <= width) << width << " " << int{level};
        if (hash.ok()) {
          ASSERT_EQ(*hash, NodeOf(tree, {level, index}));
        }
      }
    }
    EXPECT_FALSE(TileRoot(tile).ok());
  }
}

TEST(StoredTileTest, AFlippedHashInEitherRowIsFound) {
  const StoredTile tile = TileOf(TreeOf(256), 0, 256);
  for (size_t i = 0; i < 256; ++i) {
    StoredTile wrong = tile;
    wrong.hashes[i].data()[5] ^= 1;
    EXPECT_TRUE(absl::IsDataLoss(TileRoot(wrong).status())) << i;
  }
  for (size_t i = 0; i < 16; ++i) {
    StoredTile wrong = tile;
    wrong.middle[i].data()[5] ^= 1;
    EXPECT_TRUE(absl::IsDataLoss(TileRoot(wrong).status())) << i;
  }
}

}  // namespace
}  // namespace candor
