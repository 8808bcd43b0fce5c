// SPDX-License-Identifier: Apache-2.0
#include "log/sequencer/recovery.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/fake_file_system.h"
#include "core/merkle/hasher.h"
#include "core/note/checkpoint.h"
#include "core/note/testing.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"
#include "log/sequencer/right_edge.h"
#include "log/sequencer/sequencer.h"
#include "log/sequencer/testing.h"
#include "log/storage/checkpoint_file.h"
#include "log/storage/checkpoint_store.h"
#include "log/storage/fault_log_store.h"
#include "log/storage/log_index.h"
#include "log/storage/log_store.h"
#include "log/storage/memory_log_store.h"

namespace candor {
namespace {

class IndexOfSize final : public LogIndex {
 public:
  explicit IndexOfSize(uint64_t size) : size_(size) {}
  absl::StatusOr<std::vector<uint64_t>> FindByStatement(const Hash&, uint64_t,
                                                        size_t) const override {
    return std::vector<uint64_t>();
  }
  absl::StatusOr<std::vector<uint64_t>> FindByLeaf(const Hash&, uint64_t, size_t) const override {
    return std::vector<uint64_t>();
  }
  absl::StatusOr<uint64_t> applied_size() const override { return size_; }

 private:
  const uint64_t size_;
};

class RecoveryTest : public testing::Test {
 protected:
  RecoveryTest() {
    harness_.Begin(store_, store_);
    Add(store_, 1, 8);  // size 10
  }

  void Add(MemoryLogStore& store, uint64_t first_version, uint64_t count) {
    const auto sequencer =
        Sequencer::Create(&store, &store, RecoverForTest(store, store, store, harness_.origin()),
                          {})
            .value();
    sequencer->Start();
    for (uint64_t i = 0; i < count; ++i) {
      ASSERT_TRUE(AddAndWait(*sequencer, harness_.Release(first_version + i)).ok());
    }
  }
  absl::StatusOr<RecoveredLog> Recover(const LogStore& store, const LogIndex& index) {
    return RecoverLog({.origin = origin_,
                       .store = &store,
                       .index = &index,
                       .checkpoints = &store_,
                       .checkpoint_file = &file_,
                       .log_keys = {signer_.vkey()}});
  }
  absl::StatusOr<RecoveredLog> Recover() { return Recover(store_, store_); }
  // Recovery succeeds for reading and refuses to sign with this reason, "" for none.
  void ExpectSigning(const std::string& reason) {
    const auto recovered = Recover();
    ASSERT_TRUE(recovered.ok()) << recovered.status();
    EXPECT_EQ(ReasonOf(recovered->signing), reason) << recovered->signing;
    EXPECT_EQ(recovered->signing.ok(), reason.empty());
    EXPECT_EQ(recovered->head.tree_size, 10u);
    EXPECT_EQ(recovered->edge.root(), recovered->head.root);
    if (!reason.empty()) {
      EXPECT_TRUE(absl::IsFailedPrecondition(recovered->signing));
      EXPECT_NE(recovered->signing.message().find("mirror"), absl::string_view::npos);
    }
  }
  StoredHead HeadAt(const MemoryLogStore& store) { return store.GetSnapshot().value()->head(); }
  std::string Signed(uint64_t tree_size, const Hash& root) const {
    return TestSignedCheckpoint(
        {.origin = harness_.origin(), .tree_size = tree_size, .root = root, .extensions = {}},
        signer_);
  }
  std::string SignedHead() { return Signed(HeadAt(store_).tree_size, HeadAt(store_).root); }

  const SequencerHarness harness_;
  std::string origin_ = harness_.origin();
  const NoteSigner signer_ = TestLogSigner(harness_.origin(), 1);
  MemoryLogStore store_;
  FakeFileSystem files_;
  CheckpointFile file_{"/checkpoint", &files_};
};

TEST_F(RecoveryTest, ANewLogRecovers) {
  ExpectSigning("");
  const auto recovered = Recover();
  EXPECT_EQ(recovered->last_signed, std::nullopt);
  EXPECT_TRUE(recovered->registry.FindParticipant("acme.example")->has_value());
  EXPECT_EQ(recovered->head, HeadAt(store_));
}

TEST_F(RecoveryTest, AStoreThatExtendsTheSignedCheckpointMaySign) {
  ASSERT_TRUE(file_.Write(SignedHead()).ok());
  ExpectSigning("");  // crashed between the file and the store
  ASSERT_TRUE(store_.PutSigned(10, SignedHead()).ok());
  ExpectSigning("");
  EXPECT_EQ(Recover()->last_signed, (StoredCheckpoint{10, SignedHead()}));
}

TEST_F(RecoveryTest, ASmallerSignedCheckpointIsComparedAtItsSize) {
  MemoryLogStore smaller;
  harness_.Begin(smaller, smaller);
  Add(smaller, 1, 3);
  ASSERT_TRUE(file_.Write(Signed(5, HeadAt(smaller).root)).ok());
  ExpectSigning("");
  ASSERT_TRUE(file_.Write(Signed(5, Hash())).ok());
  ExpectSigning("STORE_DIFFERS");
  ASSERT_TRUE(file_.Write(Signed(0, EmptyRoot())).ok());
  ExpectSigning("");
}

TEST_F(RecoveryTest, AStoreBehindWhatWasSignedMayNotSign) {
  ASSERT_TRUE(file_.Write(Signed(11, Sha256("any"))).ok());
  ExpectSigning("STORE_BEHIND");
}

TEST_F(RecoveryTest, TheStoresOwnRecordCountsToo) {
  ASSERT_TRUE(store_.PutSigned(12, Signed(12, Sha256("any"))).ok());
  ASSERT_TRUE(file_.Write(SignedHead()).ok());
  ExpectSigning("STORE_BEHIND");
}

TEST_F(RecoveryTest, ADifferentTreeMayNotSign) {
  ASSERT_TRUE(file_.Write(Signed(10, Sha256("any"))).ok());
  ExpectSigning("STORE_DIFFERS");
}

TEST_F(RecoveryTest, ALostCheckpointFileIsNoticed) {
  ASSERT_TRUE(store_.PutSigned(10, SignedHead()).ok());
  ExpectSigning("CHECKPOINT_FILE_MISSING");
}

TEST_F(RecoveryTest, AFileThatThisLogDidNotSignIsNoticed) {
  const Checkpoint checkpoint{
      .origin = origin_, .tree_size = 10, .root = HeadAt(store_).root, .extensions = {}};
  Checkpoint foreign = checkpoint;
  foreign.origin = "log.example/other";
  for (const std::string& note :
       {std::string("garbage"), TestSignedCheckpoint(checkpoint, TestLogSigner(origin_, 2)),
        TestSignedCheckpoint(foreign, TestLogSigner(foreign.origin, 1)),
        WithBrokenSignature(SignedHead(), 0)}) {
    ASSERT_TRUE(file_.Write(note).ok());
    ExpectSigning("CHECKPOINT_FILE_INVALID");
  }
}

TEST_F(RecoveryTest, AnUnreadableFileIsAnErrorAndNotAVerdict) {
  files_.WriteFile("/checkpoint", std::string(kMaxCheckpointBytes + 1, 'x')).IgnoreError();
  EXPECT_FALSE(Recover().ok());
}

TEST_F(RecoveryTest, AnEmptyStoreIsNoLog) {
  const MemoryLogStore empty;
  EXPECT_EQ(ReasonOf(Recover(empty, empty).status()), "LOG_EMPTY");
}

TEST_F(RecoveryTest, AnotherLogsStoreIsRefused) {
  origin_ = "log.example/other";
  EXPECT_EQ(ReasonOf(Recover().status()), "WRONG_ORIGIN");
}

TEST_F(RecoveryTest, AnIndexThatEndsElsewhereIsRefused) {
  EXPECT_EQ(ReasonOf(Recover(store_, IndexOfSize(9)).status()), "INDEX_BEHIND");
  EXPECT_EQ(ReasonOf(Recover(store_, IndexOfSize(11)).status()), "INDEX_BEHIND");
}

TEST_F(RecoveryTest, AnUnreadableStoreIsAnError) {
  FaultLogStore store(&store_);
  store.FailAppend(0, FaultLogStore::Fault::kCrashBefore);
  AppendRequest request;
  (void)store.Append(request);
  EXPECT_TRUE(absl::IsUnavailable(Recover(store, store_).status()));
}

// One more append to the store, which a right writer would not make.
class DamagedStoreTest : public RecoveryTest {
 protected:
  AppendRequest Next() {
    AppendRequest request;
    request.expected = HeadAt(store_);
    request.next = request.expected;
    request.next.tree_size += 1;
    request.next.sequence += 1;
    request.entries = {"an entry"};
    request.index_rows.resize(1);
    RightEdge edge = RightEdge::Load(*store_.GetSnapshot().value()).value();
    edge.Append(LeafHash("an entry"), [](StoredTile) {});
    request.next.root = edge.root();
    return request;
  }
  void Append(const AppendRequest& request) {
    ASSERT_TRUE(std::holds_alternative<Committed>(store_.Append(request)));
  }
};

TEST_F(DamagedStoreTest, TheUndamagedOneRecovers) {
  Append(Next());
  EXPECT_TRUE(Recover().ok());
}

TEST_F(DamagedStoreTest, AWrongRootIsFound) {
  AppendRequest request = Next();
  request.next.root = Sha256("wrong");
  Append(request);
  EXPECT_EQ(ReasonOf(Recover().status()), "STORE_DAMAGED");
}

TEST_F(DamagedStoreTest, AWrongRegistryIsFound) {
  AppendRequest request = Next();
  request.registry = {{"k", "v"}};
  Append(request);
  EXPECT_EQ(ReasonOf(Recover().status()), "STORE_DAMAGED");
}

}  // namespace
}  // namespace candor
