// SPDX-License-Identifier: Apache-2.0
#include "log/sequencer/log_reader.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/attest/entry.h"
#include "core/merkle/entry_bundle.h"
#include "core/merkle/hasher.h"
#include "core/merkle/proof.h"
#include "core/merkle/testing.h"
#include "core/merkle/tile.h"
#include "core/merkle/tile_reader.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"
#include "log/sequencer/right_edge.h"
#include "log/sequencer/sequenced_tree.h"
#include "log/sequencer/sequencer.h"
#include "log/sequencer/testing.h"
#include "log/storage/log_store.h"
#include "log/storage/memory_log_store.h"
#include "log/storage/testing.h"

namespace candor {
namespace {

// Reads a store that TestAppender filled, as of its newest size.
class LogReaderTest : public testing::Test {
 protected:
  void Grow(size_t entries) {
    ASSERT_TRUE(std::holds_alternative<Committed>(store_.Append(log_.Next(entries))));
    const auto snapshot = store_.GetSnapshot().value();
    tree_.Set(std::make_shared<const TreeState>(
        TreeState{snapshot->head(), RightEdge::Load(*snapshot).value()}));
  }
  uint64_t size() const { return log_.head().tree_size; }

  MemoryLogStore store_;
  TestAppender log_;
  SequencedTree tree_{std::make_shared<const TreeState>()};
  const LogReader reader_{&store_, &store_, &tree_};
};

// What a client of tlog-tiles does, over the reader: it trusts no tile.
class ReaderSource final : public TileSource {
 public:
  ReaderSource(const LogReader* reader, uint64_t tree_size)
      : reader_(reader), tree_size_(tree_size) {}

  absl::StatusOr<std::vector<std::string>> ReadTiles(absl::Span<const TileId> tiles) override {
    std::vector<std::string> data;
    for (const TileId& tile : tiles) data.push_back(reader_->ReadTile(tile, tree_size_).value());
    return data;
  }

 private:
  const LogReader* const reader_;
  const uint64_t tree_size_;
};

constexpr uint64_t kSizes[] = {1, 2, 3, 16, 17, 255, 256, 257, 300, 511, 512, 513, 700, 777};

TEST_F(LogReaderTest, EveryTileOfEverySizeIsServed) {
  Grow(200);
  Grow(577);
  MemoryTileSource expected(&log_.tree());
  for (const uint64_t tree_size : kSizes) {
    for (const TileId& tile : TilesForTreeSize(tree_size)) {
      const auto bytes = reader_.ReadTile(tile, tree_size);
      ASSERT_TRUE(bytes.ok()) << bytes.status();
      ASSERT_EQ(*bytes, expected.ReadTiles({tile})->at(0));
      if (!tile.full()) {
        const TileId wider{tile.level, tile.index, static_cast<uint16_t>(tile.width + 1)};
        EXPECT_EQ(ReasonOf(reader_.ReadTile(wider, tree_size).status()), "TILE_NOT_FOUND");
      }
    }
  }
  for (const TileId& tile : std::vector<TileId>{
           {0, 0, 0}, {0, 4, 1}, {1, 0, 4}, {2, 0, 1}, {63, 0, 1}, {0, UINT64_MAX, 256}}) {
    EXPECT_EQ(ReasonOf(reader_.ReadTile(tile, 777).status()), "TILE_NOT_FOUND");
  }
  EXPECT_EQ(ReasonOf(reader_.ReadTile({0, 0, 1}, 778).status()), "SIZE_OUT_OF_RANGE");
}

TEST_F(LogReaderTest, EveryBundleOfEverySizeIsServed) {
  Grow(777);
  for (const uint64_t tree_size : kSizes) {
    for (uint64_t index = 0; index * 256 < tree_size; ++index) {
      const auto width = static_cast<uint16_t>(std::min<uint64_t>(256, tree_size - index * 256));
      const auto bytes = reader_.ReadEntryBundle({index, width}, tree_size);
      ASSERT_TRUE(bytes.ok()) << bytes.status();
      const auto entries = DecodeEntryBundle(*bytes, width).value();
      for (uint64_t i = 0; i < width; ++i) ASSERT_EQ(entries[i], TestEntryAt(index * 256 + i));
      if (width < 256) {
        const EntryBundleId wider{index, static_cast<uint16_t>(width + 1)};
        EXPECT_EQ(ReasonOf(reader_.ReadEntryBundle(wider, tree_size).status()), "TILE_NOT_FOUND");
      }
    }
  }
  EXPECT_EQ(ReasonOf(reader_.ReadEntryBundle({0, 0}, 777).status()), "TILE_NOT_FOUND");
  EXPECT_EQ(ReasonOf(reader_.ReadEntryBundle({UINT64_MAX, 1}, 777).status()), "TILE_NOT_FOUND");
  EXPECT_EQ(ReasonOf(reader_.ReadEntryBundle({0, 1}, 778).status()), "SIZE_OUT_OF_RANGE");
}

TEST_F(LogReaderTest, ProofsOfEverySizeVerify) {
  Grow(777);
  for (const uint64_t tree_size : kSizes) {
    const Hash root = reader_.Root(tree_size).value();
    ASSERT_EQ(root, log_.tree().Root(tree_size));
    for (uint64_t index = 0; index < tree_size; index += (tree_size < 20 ? 1 : 13)) {
      const auto proof = reader_.InclusionProof(index, tree_size);
      ASSERT_TRUE(proof.ok()) << proof.status();
      const Hash leaf = LeafHash(TestEntryAt(index));
      ASSERT_TRUE(VerifyInclusion(leaf, index, tree_size, *proof, root).ok());
    }
    for (const uint64_t old_size : kSizes) {
      if (old_size > tree_size) break;
      const auto proof = reader_.ConsistencyProof(old_size, tree_size);
      ASSERT_TRUE(proof.ok()) << proof.status();
      const Hash old_root = reader_.Root(old_size).value();
      ASSERT_TRUE(VerifyConsistency(old_size, tree_size, old_root, root, *proof).ok());
    }
    EXPECT_TRUE(absl::IsOutOfRange(reader_.InclusionProof(tree_size, tree_size).status()));
  }
  EXPECT_EQ(*reader_.Root(0), EmptyRoot());
  EXPECT_TRUE(absl::IsOutOfRange(reader_.ConsistencyProof(5, 4).status()));
  EXPECT_TRUE(absl::IsOutOfRange(reader_.ConsistencyProof(5, 778).status()));
  EXPECT_TRUE(absl::IsOutOfRange(reader_.Root(778).status()));
}

TEST_F(LogReaderTest, ATileClientCanFollow) {
  Grow(777);
  for (const uint64_t tree_size : kSizes) {
    ReaderSource source(&reader_, tree_size);
    const TileReader tiles(tree_size, *reader_.Root(tree_size), &source);
    const auto hashes = tiles.ReadHashes({{0, 0}, {0, tree_size - 1}});
    ASSERT_TRUE(hashes.ok()) << hashes.status();
    EXPECT_EQ(hashes->at(1), LeafHash(TestEntryAt(tree_size - 1)));
  }
}

TEST_F(LogReaderTest, HashesStayAtTheirSize) {
  Grow(300);
  const auto old_hashes = reader_.Hashes(290).value();
  Grow(500);
  EXPECT_EQ(old_hashes->ReadHashes({{0, 289}})->at(0), LeafHash(TestEntryAt(289)));
  EXPECT_TRUE(absl::IsNotFound(old_hashes->ReadHashes({{0, 290}}).status()));
  EXPECT_TRUE(absl::IsNotFound(old_hashes->ReadHashes({{1, 145}}).status()));
  EXPECT_EQ(reader_.ReadHashes({{0, 799}})->at(0), LeafHash(TestEntryAt(799)));
  EXPECT_TRUE(absl::IsNotFound(reader_.ReadHashes({{0, 800}}).status()));
  EXPECT_TRUE(absl::IsOutOfRange(reader_.Hashes(801).status()));
  EXPECT_TRUE(reader_.ReadHashes({})->empty());
}

TEST_F(LogReaderTest, EntriesAreBounded) {
  Grow(300);
  EXPECT_EQ(*reader_.ReadEntry(299, 300), TestEntryAt(299));
  EXPECT_EQ(ReasonOf(reader_.ReadEntry(299, 299).status()), "ENTRY_NOT_FOUND");
  EXPECT_EQ(ReasonOf(reader_.ReadEntry(0, 301).status()), "SIZE_OUT_OF_RANGE");
  EXPECT_EQ(reader_.ReadEntries(10, 300, 1 << 20)->size(), 290u);
  EXPECT_EQ(reader_.ReadEntries(10, 300, 0)->size(), 1u);
  EXPECT_EQ(ReasonOf(reader_.ReadEntries(10, 301, 0).status()), "INDEX_OUT_OF_RANGE");
}

TEST(LogReaderLookupTest, FindsTheFirstEntryThatFits) {
  const SequencerHarness harness;
  MemoryLogStore store;
  harness.Begin(store, store);
  const auto sequencer =
      Sequencer::Create(&store, &store, RecoverForTest(store, store, store, harness.origin()), {})
          .value();
  sequencer->Start();
  const LogReader reader(&store, &store, &sequencer->tree());
  ASSERT_TRUE(AddAndWait(*sequencer, harness.Release(1, {0})).ok());     // 2
  ASSERT_TRUE(AddAndWait(*sequencer, harness.Release(2, {0})).ok());     // 3
  ASSERT_TRUE(AddAndWait(*sequencer, harness.Release(1, {0, 1})).ok());  // 4
  const Submission last = harness.Release(1, {1, 2});
  ASSERT_TRUE(AddAndWait(*sequencer, last).ok());  // 5
  const Hash id = last.content.statement_id;
  EXPECT_EQ(*reader.FindStatement(id, 6), 2u);
  EXPECT_EQ(*reader.FindStatementKey(id, harness.key(0), 6), 2u);
  EXPECT_EQ(*reader.FindStatementKey(id, harness.key(1), 6), 4u);
  EXPECT_EQ(*reader.FindStatementKey(id, harness.key(2), 6), 5u);
  EXPECT_EQ(*reader.FindLeaf(LeafHash(EncodeEntry(*last.entry)), 6), 5u);
  // What lies beyond the size does not exist.
  EXPECT_EQ(ReasonOf(reader.FindStatement(id, 2).status()), "ENTRY_NOT_FOUND");
  EXPECT_EQ(ReasonOf(reader.FindStatementKey(id, harness.key(2), 5).status()), "ENTRY_NOT_FOUND");
  EXPECT_EQ(ReasonOf(reader.FindLeaf(LeafHash(EncodeEntry(*last.entry)), 5).status()),
            "ENTRY_NOT_FOUND");
  EXPECT_EQ(ReasonOf(reader.FindStatementKey(id, harness.key(3), 6).status()), "ENTRY_NOT_FOUND");
  EXPECT_EQ(ReasonOf(reader.FindStatement(Hash(), 6).status()), "ENTRY_NOT_FOUND");
  EXPECT_EQ(ReasonOf(reader.FindLeaf(Hash(), 6).status()), "ENTRY_NOT_FOUND");
  EXPECT_EQ(ReasonOf(reader.FindStatement(id, 7).status()), "SIZE_OUT_OF_RANGE");
  EXPECT_EQ(reader.head().tree_size, 6u);
}

}  // namespace
}  // namespace candor
