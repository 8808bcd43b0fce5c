// SPDX-License-Identifier: Apache-2.0
//
// What every LogStore, LogIndex and CheckpointStore promises, also across a reopen.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"
#include "log/storage/checkpoint_store.h"
#include "log/storage/fault_log_store.h"
#include "log/storage/log_index.h"
#include "log/storage/log_store.h"
#include "log/storage/memory_log_store.h"
#include "log/storage/rocksdb_log_store.h"
#include "log/storage/testing.h"

namespace candor {
namespace {

// One implementation with what it keeps.
class Implementation {
 public:
  virtual ~Implementation() = default;
  virtual void Reopen() = 0;
  virtual LogStore& store() = 0;
  virtual LogIndex& index() = 0;
  virtual CheckpointStore& checkpoints() = 0;
};

class InMemory : public Implementation {
 public:
  void Reopen() override { store_ = std::make_unique<MemoryLogStore>(disk_); }
  LogStore& store() override { return *store_; }
  LogIndex& index() override { return *store_; }
  CheckpointStore& checkpoints() override { return *store_; }

 private:
  const std::shared_ptr<MemoryDisk> disk_ = NewMemoryDisk();
  std::unique_ptr<MemoryLogStore> store_ = std::make_unique<MemoryLogStore>(disk_);
};

class Faulty : public InMemory {
 public:
  void Reopen() override {
    InMemory::Reopen();
    fault_ = std::make_unique<FaultLogStore>(&InMemory::store());
  }
  LogStore& store() override { return *fault_; }

 private:
  std::unique_ptr<FaultLogStore> fault_ = std::make_unique<FaultLogStore>(&InMemory::store());
};

class InRocksDb : public Implementation {
 public:
  InRocksDb() {
    std::string folder = testing::TempDir() + "/contract.XXXXXX";
    options_.folder = ::mkdtemp(folder.data());
    options_.origin = "log.example/contract";
    store_ = RocksDbLogStore::Create(options_).value();
  }
  ~InRocksDb() override {
    store_.reset();
    std::filesystem::remove_all(options_.folder);
  }
  void Reopen() override {
    store_.reset();
    store_ = RocksDbLogStore::Open(options_).value();
  }
  LogStore& store() override { return *store_; }
  LogIndex& index() override { return *store_; }
  CheckpointStore& checkpoints() override { return *store_; }

 private:
  RocksDbLogStoreOptions options_;
  std::unique_ptr<RocksDbLogStore> store_;
};

struct Param {
  const char* name;
  std::function<std::unique_ptr<Implementation>()> make;
};

class LogStoreContractTest : public testing::TestWithParam<Param> {
 protected:
  LogStore& store() { return implementation_->store(); }
  LogIndex& index() { return implementation_->index(); }
  CheckpointStore& checkpoints() { return implementation_->checkpoints(); }
  void Reopen() { implementation_->Reopen(); }

  std::unique_ptr<LogSnapshot> Snapshot() { return store().GetSnapshot().value(); }
  void MustAppend(const AppendRequest& request) {
    ASSERT_TRUE(std::holds_alternative<Committed>(store().Append(request)));
  }

  // Everything that `log` says must be there is there, and nothing else.
  void ExpectHolds(const TestAppender& log) {
    const auto snapshot = Snapshot();
    const uint64_t size = log.head().tree_size;
    ASSERT_EQ(snapshot->head(), log.head());
    ASSERT_EQ(*index().applied_size(), size);
    if (size > 0) {
      const auto entries = snapshot->ReadEntries(0, size, SIZE_MAX).value();
      ASSERT_EQ(entries.size(), size);
      for (uint64_t i = 0; i < size; ++i) ASSERT_EQ(entries[i], TestEntryAt(i));
    }
    EXPECT_TRUE(absl::IsOutOfRange(snapshot->ReadEntries(size, size + 1, 1).status()));
    const auto tiles = snapshot->ReadFullTiles(log.FullTiles()).value();
    ASSERT_EQ(tiles.size(), log.FullTiles().size());
    for (const StoredTile& tile : tiles) ASSERT_EQ(tile, log.Tile(tile.id));
  }

 private:
  std::unique_ptr<Implementation> implementation_ = GetParam().make();
};

TEST_P(LogStoreContractTest, ANewStoreIsEmpty) {
  for (int round = 0; round < 2; ++round) {
    ExpectHolds(TestAppender());
    EXPECT_EQ(Snapshot()->head(), StoredHead{});
    EXPECT_EQ(Snapshot()->head().root, EmptyRoot());
    EXPECT_TRUE(Snapshot()->ReadRegistryRecords("", 10)->empty());
    EXPECT_EQ(*Snapshot()->ReadRegistryRecord("a"), std::nullopt);
    EXPECT_TRUE(index().FindByLeaf(Hash(), 0, 10)->empty());
    EXPECT_TRUE(index().FindByStatement(Hash(), 0, 10)->empty());
    EXPECT_EQ(*checkpoints().LastSigned(), std::nullopt);
    EXPECT_EQ(*checkpoints().LastPublished(), std::nullopt);
    EXPECT_EQ(*checkpoints().PublishedAt(0), std::nullopt);
    EXPECT_EQ(*checkpoints().PublishedAtOrAfter(0), std::nullopt);
    Reopen();
  }
}

TEST_P(LogStoreContractTest, KeepsEntriesAndTilesAcrossEverySizeOfBatch) {
  TestAppender log;
  for (const size_t batch : {1, 254, 1, 1, 255, 256, 257, 1000, 3}) {
    MustAppend(log.Next(batch));
    ExpectHolds(log);
  }
  Reopen();
  ExpectHolds(log);
  MustAppend(log.Next(500));
  Reopen();
  ExpectHolds(log);
}

TEST_P(LogStoreContractTest, KeepsTilesOfTheSecondLevel) {
  TestAppender log;
  MustAppend(log.Next(65536 - 10));
  MustAppend(log.Next(20));
  Reopen();
  const auto tiles = Snapshot()->ReadFullTiles({{1, 0}, {0, 255}, {0, 0}, {1, 0}}).value();
  ASSERT_EQ(tiles.size(), 4u);
  for (const StoredTile& tile : tiles) EXPECT_EQ(tile, log.Tile(tile.id));
  EXPECT_EQ(tiles[1].id, (StoredTileId{0, 255}));
}

TEST_P(LogStoreContractTest, ReadsAreBounded) {
  TestAppender log;
  MustAppend(log.Next(300));
  const auto snapshot = Snapshot();
  for (const size_t max_bytes : {size_t{0}, size_t{19}, size_t{100}, size_t{1000}, size_t{5000}}) {
    const auto entries = snapshot->ReadEntries(7, 300, max_bytes).value();
    size_t bytes = 0;
    for (const std::string& entry : entries) bytes += entry.size();
    EXPECT_TRUE(bytes <= max_bytes || entries.size() == 1) << max_bytes;
    EXPECT_GT(bytes + TestEntryAt(7 + entries.size()).size(), max_bytes);
  }
  const std::vector<std::pair<uint64_t, uint64_t>> bad = {
      {0, 0}, {5, 5}, {6, 5}, {0, 301}, {300, 301}, {0, UINT64_MAX}, {UINT64_MAX, UINT64_MAX}};
  for (const auto& [start, end] : bad) {
    EXPECT_TRUE(absl::IsOutOfRange(snapshot->ReadEntries(start, end, SIZE_MAX).status()));
  }
  for (const StoredTileId& id :
       std::vector<StoredTileId>{{0, 1}, {1, 0}, {0, UINT64_MAX}, {7, 0}, {63, 0}, {200, 0}}) {
    EXPECT_TRUE(absl::IsOutOfRange(snapshot->ReadFullTiles({{0, 0}, id}).status()));
  }
  EXPECT_TRUE(snapshot->ReadFullTiles({})->empty());
}

TEST_P(LogStoreContractTest, AppendComparesTheWholeHead) {
  TestAppender log;
  MustAppend(log.Next(5));
  const StoredHead head = log.head();
  const AppendRequest good = log.Next(3);
  std::vector<AppendRequest> stale(3, good);
  stale[0].expected.root = Hash();
  stale[1].expected.registry_digest = Hash();
  stale[2].expected.sequence += 1;
  stale[2].next.sequence += 1;
  for (const AppendRequest& request : stale) {
    const AppendOutcome outcome = store().Append(request);
    ASSERT_TRUE(std::holds_alternative<Conflict>(outcome));
    EXPECT_EQ(std::get<Conflict>(outcome).actual, head);
  }
  EXPECT_EQ(Snapshot()->head(), head);
  MustAppend(good);
  ASSERT_TRUE(std::holds_alternative<Conflict>(store().Append(good)));
  ExpectHolds(log);
}

TEST_P(LogStoreContractTest, BrokenRequestsChangeNothing) {
  TestAppender log;
  MustAppend(log.Next(250));
  const TestAppender before = log;
  const AppendRequest good = log.Next(20, {{"k", "v"}});
  const std::vector<std::function<void(AppendRequest&)>> breaks = {
      [](AppendRequest& r) { r.entries.clear(); },
      [](AppendRequest& r) { r.entries.pop_back(); },
      [](AppendRequest& r) { r.entries[3].clear(); },
      [](AppendRequest& r) { r.entries[3].resize(65536); },
      [](AppendRequest& r) { r.index_rows.pop_back(); },
      [](AppendRequest& r) { r.next.tree_size += 1; },
      [](AppendRequest& r) { r.next.sequence += 1; },
      [](AppendRequest& r) { r.next.sequence = r.expected.sequence; },
      [](AppendRequest& r) { r.full_tiles.clear(); },
      [](AppendRequest& r) { r.full_tiles.push_back(r.full_tiles[0]); },
      [](AppendRequest& r) { r.full_tiles[0].id.index = 1; },
      [](AppendRequest& r) { r.full_tiles[0].hashes.pop_back(); },
      [](AppendRequest& r) { r.full_tiles[0].middle.pop_back(); },
      [](AppendRequest& r) { r.registry[0].key.clear(); },
  };
  for (size_t i = 0; i < breaks.size(); ++i) {
    AppendRequest request = good;
    breaks[i](request);
    const AppendOutcome outcome = store().Append(request);
    ASSERT_TRUE(std::holds_alternative<Unknown>(outcome)) << i;
    EXPECT_TRUE(absl::IsInternal(std::get<Unknown>(outcome).cause)) << i;
    EXPECT_EQ(Snapshot()->head(), before.head()) << i;
  }
  MustAppend(good);
  ExpectHolds(log);
}

TEST_P(LogStoreContractTest, SnapshotsDoNotMove) {
  TestAppender log;
  MustAppend(log.Next(10, {{"a", "1"}, {"b", "1"}}));
  const TestAppender then = log;
  auto snapshot = Snapshot();
  MustAppend(log.Next(300, {{"a", "2"}, {"b", std::nullopt}, {"c", "2"}}));
  EXPECT_EQ(snapshot->head(), then.head());
  EXPECT_EQ(snapshot->ReadEntries(0, 10, SIZE_MAX)->size(), 10u);
  EXPECT_TRUE(absl::IsOutOfRange(snapshot->ReadEntries(0, 11, SIZE_MAX).status()));
  EXPECT_TRUE(absl::IsOutOfRange(snapshot->ReadFullTiles({{0, 0}}).status()));
  EXPECT_EQ(*snapshot->ReadRegistryRecord("a"), "1");
  EXPECT_EQ(*snapshot->ReadRegistryRecord("c"), std::nullopt);
  EXPECT_EQ(*snapshot->ReadRegistryRecords("", 10),
            (std::vector<RegistryRecord>{{"a", "1"}, {"b", "1"}}));
  snapshot.reset();
  EXPECT_EQ(*Snapshot()->ReadRegistryRecords("", 10),
            (std::vector<RegistryRecord>{{"a", "2"}, {"c", "2"}}));
}

TEST_P(LogStoreContractTest, RegistryRecordsAreSortedAndPaged) {
  const std::string zero("\0", 1);
  TestAppender log;
  MustAppend(log.Next(1, {{"b", "1"}, {"a", "1"}, {"b", "2"}, {"\xff", ""}, {"a" + zero, "z"}}));
  MustAppend(log.Next(1, {{"aa", std::string(100'000, 'x')}, {"gone", "1"}, {"gone", {}}}));
  Reopen();
  const std::vector<RegistryRecord> all = {
      {"a", "1"}, {"a" + zero, "z"}, {"aa", std::string(100'000, 'x')}, {"b", "2"}, {"\xff", ""}};
  EXPECT_EQ(*Snapshot()->ReadRegistryRecords("", 100), all);
  std::vector<RegistryRecord> paged;
  for (std::string after;;) {
    const auto page = Snapshot()->ReadRegistryRecords(after, 1).value();
    if (page.empty()) break;
    ASSERT_EQ(page.size(), 1u);
    after = page[0].key;
    paged.push_back(page[0]);
  }
  EXPECT_EQ(paged, all);
  EXPECT_EQ(*Snapshot()->ReadRegistryRecord("\xff"), "");
}

TEST_P(LogStoreContractTest, TheIndexFindsEveryEntry) {
  TestAppender log;
  AppendRequest request = log.Next(20);
  Hash ground = request.index_rows[3].statement_id;  // the same first 16 bytes
  ground.data()[31] ^= 1;
  request.index_rows[5].statement_id = ground;
  for (const size_t i : {7, 8, 19}) request.index_rows[i].statement_id = Sha256("often");
  MustAppend(request);
  AppendRequest more = log.Next(3);
  more.index_rows[1].statement_id = Sha256("often");
  MustAppend(more);
  Reopen();
  for (uint64_t i = 0; i < 20; ++i) {
    const auto by_leaf = index().FindByLeaf(request.index_rows[i].leaf_hash, 0, 10).value();
    EXPECT_EQ(by_leaf, std::vector<uint64_t>{i});
    const auto found = index().FindByStatement(request.index_rows[i].statement_id, 0, 10).value();
    EXPECT_TRUE(std::is_sorted(found.begin(), found.end()));
    EXPECT_NE(std::find(found.begin(), found.end(), i), found.end()) << i;
  }
  using Indexes = std::vector<uint64_t>;
  EXPECT_EQ(*index().FindByStatement(Sha256("often"), 0, 10), (Indexes{7, 8, 19, 21}));
  EXPECT_EQ(*index().FindByStatement(Sha256("often"), 0, 2), (Indexes{7, 8}));
  EXPECT_EQ(*index().FindByStatement(Sha256("often"), 9, 10), (Indexes{19, 21}));
  EXPECT_EQ(*index().FindByStatement(Sha256("often"), 21, 10), (Indexes{21}));
  EXPECT_TRUE(index().FindByStatement(Sha256("often"), 22, 10)->empty());
  EXPECT_TRUE(index().FindByStatement(Sha256("often"), UINT64_MAX, 10)->empty());
  EXPECT_TRUE(index().FindByStatement(Sha256("never"), 0, 10)->empty());
  EXPECT_TRUE(index().FindByLeaf(Sha256("never"), 0, 10)->empty());
}

TEST_P(LogStoreContractTest, CheckpointsOnlyGrow) {
  CheckpointStore* kept = &checkpoints();
  ASSERT_TRUE(kept->PutSigned(5, "signed 5").ok());
  ASSERT_TRUE(kept->PutSigned(9, "signed 9").ok());
  ASSERT_TRUE(kept->PutSigned(9, "signed 9 again").ok());
  EXPECT_EQ(ReasonOf(kept->PutSigned(8, "signed 8")), "CHECKPOINT_GOES_BACK");
  for (const uint64_t size : {1, 5, 256, 9000}) {
    ASSERT_TRUE(kept->PutPublished(size, absl::StrCat("published ", size)).ok());
  }
  ASSERT_TRUE(kept->PutPublished(9000, "more cosignatures").ok());
  EXPECT_EQ(ReasonOf(kept->PutPublished(256, "old")), "CHECKPOINT_GOES_BACK");
  Reopen();
  kept = &checkpoints();
  using Found = std::optional<StoredCheckpoint>;
  EXPECT_EQ(*kept->LastSigned(), (Found{{9, "signed 9 again"}}));
  EXPECT_EQ(*kept->LastPublished(), (Found{{9000, "more cosignatures"}}));
  EXPECT_EQ(*kept->PublishedAt(256), (Found{{256, "published 256"}}));
  EXPECT_EQ(*kept->PublishedAt(255), std::nullopt);
  EXPECT_EQ(*kept->PublishedAtOrAfter(0), (Found{{1, "published 1"}}));
  EXPECT_EQ(*kept->PublishedAtOrAfter(6), (Found{{256, "published 256"}}));
  EXPECT_EQ(*kept->PublishedAtOrAfter(9000), (Found{{9000, "more cosignatures"}}));
  EXPECT_EQ(*kept->PublishedAtOrAfter(9001), std::nullopt);
}

TEST_P(LogStoreContractTest, CheckpointsAreBounded) {
  CheckpointStore& kept = checkpoints();
  const std::string large(kMaxCheckpointBytes + 1, 'x');
  for (const std::string& note : {std::string(), large}) {
    EXPECT_TRUE(absl::IsInvalidArgument(kept.PutSigned(1, note)));
    EXPECT_TRUE(absl::IsInvalidArgument(kept.PutPublished(1, note)));
  }
  EXPECT_EQ(*kept.LastSigned(), std::nullopt);
  EXPECT_EQ(*kept.LastPublished(), std::nullopt);
  EXPECT_TRUE(kept.PutSigned(1, large.substr(1)).ok());
}

// Two writers can never both extend the log: of many requests for one head exactly one wins.
TEST_P(LogStoreContractTest, OneOfManyWritersWins) {
  TestAppender log;
  for (int round = 0; round < 10; ++round) {
    const AppendRequest request = log.Next(30);
    std::vector<int> won(4, 0);
    std::vector<std::thread> writers;
    for (int& mine : won) {
      writers.emplace_back([&store = store(), &request, &mine] {
        mine = std::holds_alternative<Committed>(store.Append(request)) ? 1 : 0;
      });
    }
    for (std::thread& writer : writers) writer.join();
    EXPECT_EQ(std::count(won.begin(), won.end(), 1), 1);
  }
  ExpectHolds(log);
}

TEST_P(LogStoreContractTest, ReadersSeeWholeAppends) {
  TestAppender log;
  MustAppend(log.Next(1, {{"size", "1"}}));
  std::thread writer([&] {
    for (int i = 0; i < 60; ++i) {
      MustAppend(log.Next(7, {{"size", absl::StrCat(log.head().tree_size + 7)}}));
    }
  });
  for (uint64_t seen = 0; seen < 421;) {
    const auto snapshot = Snapshot();
    seen = snapshot->head().tree_size;
    EXPECT_EQ(seen % 7, 1u);
    EXPECT_EQ(*snapshot->ReadRegistryRecord("size"), absl::StrCat(seen));
    EXPECT_EQ(snapshot->ReadEntries(seen - 1, seen, 0)->at(0), TestEntryAt(seen - 1));
    EXPECT_GE(*index().applied_size(), seen);
  }
  writer.join();
  ExpectHolds(log);
}

INSTANTIATE_TEST_SUITE_P(
    All, LogStoreContractTest,
    testing::Values(Param{"Memory", [] { return std::make_unique<InMemory>(); }},
                    Param{"Fault", [] { return std::make_unique<Faulty>(); }},
                    Param{"RocksDb", [] { return std::make_unique<InRocksDb>(); }}),
    [](const testing::TestParamInfo<Param>& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace candor
