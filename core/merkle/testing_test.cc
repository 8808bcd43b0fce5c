// SPDX-License-Identifier: Apache-2.0
#include "core/merkle/testing.h"

#include "core/merkle/hasher.h"
#include "core/merkle/oracle.h"
#include "core/merkle/tile.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

TEST(MemoryTreeTest, RemembersEveryNodeAndRoot) {
  const std::vector<Hash> leaves = oracle::SampleLeaves(70);
  MemoryTree tree;
  EXPECT_EQ(tree.Root(), EmptyRoot());
  for (const Hash& leaf : leaves) tree.Append(leaf);
  EXPECT_EQ(tree.size(), 70u);
  for (size_t size = 0; size <= 70; ++size) {
    EXPECT_EQ(tree.Root(size), oracle::TreeHash(absl::MakeSpan(leaves).subspan(0, size)));
  }
  EXPECT_EQ(tree.Root(), tree.Root(70));
  const std::vector<NodeId> nodes = {{3, 1}, {0, 69}, {3, 1}};
  const std::vector<Hash> hashes = tree.ReadHashes(nodes).value();
  EXPECT_EQ(hashes[0], oracle::TreeHash(absl::MakeSpan(leaves).subspan(8, 8)));
  EXPECT_EQ(hashes[1], leaves[69]);
  EXPECT_EQ(hashes[2], hashes[0]);
}

TEST(MemoryTreeTest, HasNoOtherNodes) {
  MemoryTree tree;
  tree.AppendEntry("a");
  EXPECT_EQ(tree.Root(), LeafHash("a"));
  for (const NodeId node : {NodeId{0, 1}, NodeId{1, 0}, NodeId{64, 0}}) {
    EXPECT_EQ(tree.ReadHashes({node}).status().code(), absl::StatusCode::kNotFound);
  }
}

TEST(MemoryTileSourceTest, CutsTiles) {
  MemoryTree tree;
  for (int i = 0; i < 300; ++i) tree.AppendEntry(std::to_string(i));
  MemoryTileSource source(&tree);
  const std::vector<TileId> tiles = {{0, 0, 256}, {0, 1, 44}, {0, 1, 3}, {1, 0, 1}};
  const std::vector<std::string> data = source.ReadTiles(tiles).value();
  EXPECT_EQ(data[0].size(), 8192u);
  EXPECT_EQ(data[1].substr(0, 32), LeafHash("256").bytes());
  EXPECT_EQ(data[2], data[1].substr(0, 96));
  EXPECT_EQ(data[3], tree.Root(256).bytes());
  const std::vector<TileId> absent = {{0, 1, 45}};
  EXPECT_EQ(source.ReadTiles(absent).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace candor
