// SPDX-License-Identifier: Apache-2.0
#include "core/merkle/tile_reader.h"

#include <functional>

#include "core/merkle/hasher.h"
#include "core/merkle/proof.h"
#include "core/merkle/testing.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

constexpr uint64_t kTreeSize = 70000;

const MemoryTree& Tree() {
  static const auto* tree = [] {
    auto* made = new MemoryTree();
    for (uint64_t i = 0; i < kTreeSize; ++i) made->AppendEntry(std::to_string(i));
    return made;
  }();
  return *tree;
}

// Serves the sample tree, remembers what it was asked and what it was told, and lies on demand.
class FakeSource : public TileSource {
 public:
  using Lie = std::function<void(std::vector<std::string>&)>;

  absl::StatusOr<std::vector<std::string>> ReadTiles(absl::Span<const TileId> tiles) override {
    ++reads;
    asked.assign(tiles.begin(), tiles.end());
    auto data = MemoryTileSource(&Tree()).ReadTiles(tiles);
    if (data.ok() && lie) lie(*data);
    return data;
  }

  void KeepTiles(absl::Span<const TileId> tiles, absl::Span<const std::string> data) override {
    ASSERT_EQ(tiles.size(), data.size());
    kept.assign(tiles.begin(), tiles.end());
    for (size_t i = 0; i < tiles.size(); ++i) {
      EXPECT_EQ(data[i], MemoryTileSource(&Tree()).ReadTiles({tiles[i]}).value()[0]);
    }
  }

  Lie lie;
  int reads = 0;
  std::vector<TileId> asked;
  std::vector<TileId> kept;
};

std::vector<uint64_t> Sizes() {
  return {1, 2, 3, 255, 256, 257, 511, 512, 513, 600, 65535, 65536, 65537, kTreeSize};
}

// Some nodes of every level: the first, the last and some between.
std::vector<NodeId> SampleNodes(uint64_t size) {
  std::vector<NodeId> nodes;
  for (uint8_t level = 0; size >> level > 0; ++level) {
    const uint64_t count = size >> level;
    for (uint64_t index : {uint64_t{0}, count / 3, count / 2, count - 1}) {
      nodes.push_back({level, index});
    }
  }
  return nodes;
}

TEST(TileReaderTest, ReadsWhatTheTreeHolds) {
  for (uint64_t size : Sizes()) {
    FakeSource source;
    const TileReader reader(size, Tree().Root(size), &source);
    const std::vector<NodeId> nodes = SampleNodes(size);
    EXPECT_EQ(reader.ReadHashes(nodes).value(), Tree().ReadHashes(nodes).value()) << size;
    EXPECT_EQ(source.reads, 1);
    EXPECT_EQ(source.kept, source.asked);
    for (const TileId& tile : source.asked) {
      EXPECT_EQ(tile.width, TileWidthInTree(tile.level, tile.index, size));
    }
  }
}

TEST(TileReaderTest, ServesProofsWithOneReadEach) {
  for (uint64_t size : Sizes()) {
    FakeSource source;
    const Hash root = Tree().Root(size);
    const TileReader reader(size, root, &source);
    for (uint64_t index : {uint64_t{0}, size / 2, size - 1}) {
      const auto proof = InclusionProof(index, size, reader).value();
      EXPECT_TRUE(VerifyInclusion(LeafHash(std::to_string(index)), index, size, proof, root).ok());
      const auto consistency = ConsistencyProof(index, size, reader).value();
      EXPECT_TRUE(VerifyConsistency(index, size, Tree().Root(index), root, consistency).ok());
      EXPECT_LE(source.reads, 2);
      source.reads = 0;
    }
  }
}

TEST(TileReaderTest, AsksForEachTileOnceAndForNoMoreThanItTakes) {
  FakeSource source;
  const TileReader reader(kTreeSize, Tree().Root(kTreeSize), &source);
  const std::vector<NodeId> nodes = {{0, 0}, {0, 1}, {4, 3}, {0, 0}};
  ASSERT_TRUE(reader.ReadHashes(nodes).ok());
  // The right edge, the leaves' tile, and its parent; the grandparent is at the right edge.
  EXPECT_EQ(source.asked,
            (std::vector<TileId>{{0, 273, 112}, {1, 1, 17}, {2, 0, 1}, {0, 0, 256}, {1, 0, 256}}));
}

TEST(TileReaderTest, RefusesEveryFlippedBitOfEveryHash) {
  const std::vector<NodeId> nodes = {{0, 300}, {5, 0}};
  for (uint64_t size : {uint64_t{513}, kTreeSize}) {
    FakeSource source;
    const TileReader reader(size, Tree().Root(size), &source);
    ASSERT_TRUE(reader.ReadHashes(nodes).ok());
    const std::vector<TileId> tiles = source.asked;
    source.kept.clear();
    for (size_t tile = 0; tile < tiles.size(); ++tile) {
      for (size_t hash = 0; hash < tiles[tile].width; ++hash) {
        source.lie = [&](std::vector<std::string>& data) {
          char& byte = data[tile][32 * hash + hash % 32];
          byte = static_cast<char>(byte ^ (1 << hash % 8));
        };
        const absl::Status status = reader.ReadHashes(nodes).status();
        ASSERT_EQ(status.code(), absl::StatusCode::kDataLoss);
        ASSERT_EQ(ReasonOf(status), "TILE_MISMATCH");
      }
    }
    EXPECT_TRUE(source.kept.empty());
  }
}

TEST(TileReaderTest, RefusesTilesOfOtherShapes) {
  FakeSource source;
  const TileReader reader(kTreeSize, Tree().Root(kTreeSize), &source);
  const std::vector<FakeSource::Lie> lies = {
      [](auto& data) { data.pop_back(); },
      [](auto& data) { data.clear(); },
      [](auto& data) { data.push_back(data.back()); },
      [](auto& data) { data[0].pop_back(); },
      [](auto& data) { data[0].push_back('x'); },
      [](auto& data) { data[0].resize(data[0].size() - 32); },
      [](auto& data) { data[0].append(32, 'x'); },
      [](auto& data) { data.back().clear(); },
      [](auto& data) { std::swap(data[3], data[4]); },  // Both full.
      [](auto& data) { data[3].replace(0, 32, data[3], 32, 32); },
  };
  for (size_t i = 0; i < lies.size(); ++i) {
    source.lie = lies[i];
    EXPECT_EQ(ReasonOf(reader.ReadHashes({NodeId{0, 0}}).status()), "TILE_MISMATCH") << i;
  }
  EXPECT_TRUE(source.kept.empty());
}

TEST(TileReaderTest, RefusesTheTilesOfAnotherTree) {
  FakeSource source;
  for (uint64_t size : Sizes()) {
    const TileReader wrong_root(size, Sha256("another root"), &source);
    EXPECT_EQ(ReasonOf(wrong_root.ReadHashes({NodeId{0, 0}}).status()), "TILE_MISMATCH");
    if (size == 1) continue;
    const TileReader wrong_size(size - 1, Tree().Root(size), &source);
    EXPECT_EQ(ReasonOf(wrong_size.ReadHashes({NodeId{0, 0}}).status()), "TILE_MISMATCH");
  }
  EXPECT_TRUE(source.kept.empty());
}

TEST(TileReaderTest, RefusesNodesOutsideOfTheTreeWithoutReading) {
  FakeSource source;
  const TileReader reader(300, Tree().Root(300), &source);
  for (const NodeId node : {NodeId{0, 300}, NodeId{9, 0}, NodeId{64, 0}}) {
    EXPECT_EQ(reader.ReadHashes({NodeId{0, 0}, node}).status().code(),
              absl::StatusCode::kOutOfRange);
  }
  const TileReader empty(0, EmptyRoot(), &source);
  EXPECT_FALSE(empty.ReadHashes({NodeId{0, 0}}).ok());
  EXPECT_TRUE(empty.ReadHashes({}).value().empty());
  EXPECT_EQ(source.reads, 0);
}

TEST(TileReaderTest, PassesOnTheSourcesError) {
  FakeSource source;
  const TileReader reader(2 * kTreeSize, Sha256("root"), &source);
  EXPECT_EQ(reader.ReadHashes({NodeId{0, 0}}).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace candor
