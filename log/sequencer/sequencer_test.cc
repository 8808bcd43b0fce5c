// SPDX-License-Identifier: Apache-2.0
#include "log/sequencer/sequencer.h"

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/http_status.h"
#include "core/attest/entry.h"
#include "core/merkle/hasher.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"
#include "log/sequencer/testing.h"
#include "log/storage/fault_log_store.h"
#include "log/storage/memory_log_store.h"

namespace candor {
namespace {

class SequencerTest : public testing::Test {
 protected:
  SequencerTest() { harness_.Begin(memory_, memory_); }
  ~SequencerTest() override {
    store_.Release();
    if (sequencer_ != nullptr) sequencer_->Stop();
    EXPECT_EQ(CheckWholeState(memory_, memory_, harness_.origin()), absl::OkStatus());
  }

  void Create() {
    auto sequencer = Sequencer::Create(
        &store_, &memory_, RecoverForTest(store_, memory_, memory_, harness_.origin()), options_);
    ASSERT_TRUE(sequencer.ok()) << sequencer.status();
    sequencer_ = *std::move(sequencer);
  }
  void Start() {
    Create();
    sequencer_->Start();
  }
  absl::StatusOr<AddResult> Add(Submission submission) {
    return AddAndWait(*sequencer_, std::move(submission));
  }
  void AddLater(Submission submission) {
    sequencer_->Add(std::move(submission), answers_.Callback());
  }
  uint64_t StoredSize() { return memory_.GetSnapshot().value()->head().tree_size; }
  // A batch of one entry hangs in the store.
  void HoldOneBatch() {
    store_.Hold();
    AddLater(harness_.Release(1'000'000));
    store_.WaitUntilHeld();
  }

  const SequencerHarness harness_;
  MemoryLogStore memory_;
  FaultLogStore store_{&memory_};
  SequencerOptions options_;
  Answers answers_;
  std::unique_ptr<Sequencer> sequencer_;
};

TEST_F(SequencerTest, GivesEachEntryTheNextIndex) {
  Start();
  for (uint64_t i = 0; i < 5; ++i) {
    const Submission submission = harness_.Release(i);
    const auto result = Add(submission);
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->index, 2 + i);
    EXPECT_EQ(result->tree_size, 3 + i);
    EXPECT_FALSE(result->duplicate);
    EXPECT_EQ(result->statement_id, submission.content.statement_id);
    EXPECT_EQ(result->leaf_hash, LeafHash(EncodeEntry(*submission.entry)));
    EXPECT_EQ(StoredSize(), 3 + i);
    EXPECT_EQ(sequencer_->tree().Get()->head.tree_size, 3 + i);
  }
  EXPECT_TRUE(sequencer_->health().ok());
  EXPECT_EQ(sequencer_->stats().entries, 5u);
  EXPECT_EQ(sequencer_->stats().tree_size, 7u);
}

TEST_F(SequencerTest, ARetryGetsTheFirstAnswerAndGrowsNothing) {
  Start();
  const auto first = Add(harness_.Release(1));
  const auto again = Add(harness_.Release(1));
  ASSERT_TRUE(first.ok() && again.ok()) << again.status();
  EXPECT_TRUE(again->duplicate);
  EXPECT_EQ(again->index, first->index);
  EXPECT_EQ(again->leaf_hash, first->leaf_hash);
  EXPECT_EQ(again->statement_id, first->statement_id);
  EXPECT_EQ(StoredSize(), 3u);
  EXPECT_EQ(sequencer_->stats().duplicates, 1u);
}

TEST_F(SequencerTest, OnlyANewKeyMakesANewEntry) {
  Start();
  struct Step {
    std::vector<size_t> keys;
    uint64_t index;
    bool duplicate;
  };
  for (const Step& step : std::vector<Step>{{{0}, 2, false},
                                            {{1}, 3, false},
                                            {{0, 1}, 2, true},
                                            {{1}, 3, true},
                                            {{0, 1, 2}, 4, false},
                                            {{2}, 4, true},
                                            {{1, 2}, 3, true},
                                            {{3, 2}, 5, false},
                                            {{0, 1, 2, 3}, 2, true}}) {
    const auto result = Add(harness_.Release(1, step.keys));
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->index, step.index);
    EXPECT_EQ(result->duplicate, step.duplicate);
  }
  EXPECT_EQ(StoredSize(), 6u);
}

TEST_F(SequencerTest, ADuplicateInFlightIsAnsweredOnlyWhenTheEntryIsDurable) {
  Start();
  store_.Hold();
  AddLater(harness_.Release(1));
  store_.WaitUntilHeld();
  AddLater(harness_.Release(1));
  AddLater(harness_.Release(1, {1}));     // gathers in the next batch
  AddLater(harness_.Release(1, {0, 1}));  // duplicate of the first, in flight
  AddLater(harness_.Release(1, {1}));     // duplicate of the second, in flight
  while (sequencer_->stats().duplicates < 3) std::this_thread::yield();
  EXPECT_EQ(answers_.count(), 0u);
  EXPECT_EQ(StoredSize(), 2u);
  store_.Release();
  std::vector<int> at_index(4, 0);
  for (const auto& answer : answers_.Wait(5)) {
    ASSERT_TRUE(answer.ok()) << answer.status();
    ++at_index[answer->index];
    EXPECT_GT(answer->tree_size, answer->index);
  }
  EXPECT_EQ(at_index, (std::vector<int>{0, 0, 3, 2}));
  EXPECT_EQ(StoredSize(), 4u);
}

TEST_F(SequencerTest, RefusalsLogNothing) {
  Start();
  const auto stranger = Add(harness_.StrangerRelease(1, {}));
  EXPECT_EQ(ReasonOf(stranger.status()), "KEY_NOT_ENROLLED") << stranger.status();
  Submission unresolved = harness_.Release(2);
  unresolved.entry.reset();
  unresolved.refusal = Refuse(absl::StatusCode::kPermissionDenied, "KEY_REVOKED", "revoked");
  EXPECT_EQ(ReasonOf(Add(unresolved).status()), "KEY_REVOKED");
  EXPECT_EQ(ReasonOf(Add(harness_.SecondVendorRelease()).status()), "KEY_NOT_ENROLLED");
  EXPECT_EQ(StoredSize(), 2u);
  EXPECT_EQ(sequencer_->stats().refused, 3u);
}

TEST_F(SequencerTest, ARetryIsSafeWhateverElseIsWrongWithIt) {
  Start();
  ASSERT_TRUE(Add(harness_.Release(1)).ok());
  const auto with_stranger = Add(harness_.StrangerRelease(1, {0}));
  ASSERT_TRUE(with_stranger.ok()) << with_stranger.status();
  EXPECT_TRUE(with_stranger->duplicate);
  EXPECT_EQ(with_stranger->index, 2u);
  Submission revoked = harness_.Release(1);
  revoked.entry.reset();
  revoked.refusal = Refuse(absl::StatusCode::kPermissionDenied, "KEY_REVOKED", "revoked");
  const auto retry = Add(revoked);
  ASSERT_TRUE(retry.ok()) << retry.status();
  EXPECT_EQ(retry->index, 2u);
  EXPECT_EQ(StoredSize(), 3u);
}

TEST_F(SequencerTest, AdmitsAgainstEntriesThatAreNotDurableYet) {
  Start();
  const auto before = sequencer_->registry();
  HoldOneBatch();
  AddLater(harness_.SecondVendorKeyset());
  AddLater(harness_.SecondVendorRelease());
  while (sequencer_->stats().queued_entries > 0) std::this_thread::yield();
  EXPECT_EQ(sequencer_->registry(), before);
  store_.Release();
  for (const auto& answer : answers_.Wait(3)) EXPECT_TRUE(answer.ok()) << answer.status();
  const auto after = sequencer_->registry();
  EXPECT_FALSE(before->FindParticipant("second.example")->has_value());
  EXPECT_TRUE(after->FindParticipant("second.example")->has_value());
}

TEST_F(SequencerTest, TheRegistryFindsWhatIsLogged) {
  Start();
  const Submission submission = harness_.Release(1, {0, 1});
  const Hash id = submission.content.statement_id;
  EXPECT_TRUE(sequencer_->registry()->FindLogged(id)->empty());
  ASSERT_TRUE(Add(submission).ok());
  const auto logged = sequencer_->registry()->FindLogged(id).value();
  ASSERT_EQ(logged.size(), 2u);
  EXPECT_EQ(logged[0].index, 2u);
  EXPECT_EQ(logged[0].statement_id, id);
}

TEST_F(SequencerTest, TheQueueIsBounded) {
  options_.max_queued_entries = 3;
  options_.max_batch_entries = 1;
  Start();
  HoldOneBatch();
  // One more is taken into the next batch, which is then full; three wait in the queue.
  AddLater(harness_.Release(0));
  while (sequencer_->stats().queued_entries > 0) std::this_thread::yield();
  for (uint64_t i = 1; i <= 3; ++i) AddLater(harness_.Release(i));
  EXPECT_EQ(sequencer_->stats().queued_entries, 3u);
  const auto refused = Add(harness_.Release(9));
  EXPECT_TRUE(absl::IsResourceExhausted(refused.status()));
  EXPECT_EQ(ReasonOf(refused.status()), "QUEUE_FULL");
  EXPECT_EQ(RetryAfterOf(refused.status()), options_.queue_retry_delay);
  EXPECT_EQ(ReasonOf(sequencer_->CheckCapacity()), "QUEUE_FULL");
  store_.Release();
  for (const auto& answer : answers_.Wait(5)) EXPECT_TRUE(answer.ok()) << answer.status();
  EXPECT_TRUE(sequencer_->CheckCapacity().ok());
  EXPECT_TRUE(Add(harness_.Release(9)).ok());
}

// The bound of the queue counts encoded entries; the parsed payload would be many times that.
TEST_F(SequencerTest, NothingParsedWaitsInTheQueue) {
  Create();
  Submission submission = harness_.Release(1);
  const std::weak_ptr<const void> predicate = submission.content.statement.predicate;
  ASSERT_FALSE(predicate.expired());
  AddLater(std::move(submission));
  EXPECT_EQ(sequencer_->stats().queued_entries, 1u);
  EXPECT_TRUE(predicate.expired());
  sequencer_->Start();
  EXPECT_TRUE(answers_.Wait(1)[0].ok());
}

TEST_F(SequencerTest, TheUnpublishedBacklogIsBounded) {
  options_.max_unpublished_entries = 4;
  Start();
  ASSERT_TRUE(Add(harness_.Release(1)).ok());
  ASSERT_TRUE(Add(harness_.Release(2)).ok());
  const auto refused = Add(harness_.Release(3));
  EXPECT_TRUE(absl::IsResourceExhausted(refused.status()));
  EXPECT_EQ(ReasonOf(refused.status()), "UNPUBLISHED_BACKLOG");
  EXPECT_EQ(RetryAfterOf(refused.status()), options_.backlog_retry_delay);
  EXPECT_EQ(ReasonOf(sequencer_->CheckCapacity()), "UNPUBLISHED_BACKLOG");
  EXPECT_TRUE(Add(harness_.Release(2)).ok());  // a retry is always safe
  sequencer_->SetPublishedSize(1);
  sequencer_->SetPublishedSize(0);
  EXPECT_TRUE(sequencer_->CheckCapacity().ok());
  EXPECT_TRUE(Add(harness_.Release(3)).ok());
  EXPECT_EQ(ReasonOf(Add(harness_.Release(4)).status()), "UNPUBLISHED_BACKLOG");
  EXPECT_EQ(sequencer_->stats().published_size, 1u);
}

// To answer with the entry that lacks the new key would say that the key is logged.
TEST_F(SequencerTest, ANewKeyWaitsForTheBacklog) {
  options_.max_unpublished_entries = 4;
  Start();
  ASSERT_TRUE(Add(harness_.Release(1, {0})).ok());
  ASSERT_TRUE(Add(harness_.Release(2)).ok());
  const Submission both = harness_.Release(1, {0, 1});
  const auto refused = Add(both);
  EXPECT_TRUE(absl::IsResourceExhausted(refused.status())) << refused.status();
  EXPECT_EQ(ReasonOf(refused.status()), "UNPUBLISHED_BACKLOG");
  EXPECT_EQ(RetryAfterOf(refused.status()), options_.backlog_retry_delay);
  EXPECT_EQ(StoredSize(), 4u);
  sequencer_->SetPublishedSize(4);
  const auto added = Add(both);
  ASSERT_TRUE(added.ok()) << added.status();
  EXPECT_FALSE(added->duplicate);
  EXPECT_EQ(added->index, 4u);
  EXPECT_EQ(added->leaf_hash, LeafHash(EncodeEntry(*both.entry)));
  EXPECT_EQ(both.entry->signatures().size(), 2u);
}

TEST_F(SequencerTest, ABatchClosesWithoutATimerWhenNothingIsInVerification) {
  options_.max_batch_delay = absl::Hours(1);
  Start();
  EXPECT_TRUE(Add(harness_.Release(1)).ok());
  VerificationToken token = sequencer_->BeginVerification();
  for (uint64_t i = 2; i < 7; ++i) AddLater(harness_.Release(i));
  while (sequencer_->stats().queued_entries > 0) std::this_thread::yield();
  EXPECT_EQ(answers_.count(), 0u);
  token.Release();
  for (const auto& answer : answers_.Wait(5)) EXPECT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(sequencer_->stats().batches, 2u);
}

TEST_F(SequencerTest, ABatchDoesNotWaitLongForVerification) {
  options_.max_batch_delay = absl::Milliseconds(1);
  Start();
  const VerificationToken token = sequencer_->BeginVerification();
  EXPECT_TRUE(Add(harness_.Release(1)).ok());
}

TEST_F(SequencerTest, TheNextBatchGathersWhileOneSyncs) {
  options_.max_batch_entries = 4;
  Start();
  HoldOneBatch();
  for (uint64_t i = 0; i < 10; ++i) AddLater(harness_.Release(i));
  store_.Release();
  for (const auto& answer : answers_.Wait(11)) EXPECT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(store_.appends(), 4u);  // 1, then 4 + 4 + 2
}

TEST_F(SequencerTest, StopAnswersEveryoneAndLosesNothing) {
  Start();
  for (uint64_t i = 0; i < 100; ++i) AddLater(harness_.Release(i));
  sequencer_->Stop();
  EXPECT_EQ(answers_.count(), 100u);
  for (const auto& answer : answers_.Wait(100)) EXPECT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(StoredSize(), 102u);
  EXPECT_EQ(ReasonOf(Add(harness_.Release(1)).status()), "SHUTTING_DOWN");
  sequencer_->Stop();
}

TEST_F(SequencerTest, StopWithoutStartAnswersEveryone) {
  Create();
  AddLater(harness_.Release(1));
  sequencer_->Stop();
  ASSERT_EQ(answers_.count(), 1u);
  EXPECT_EQ(ReasonOf(answers_.Wait(1)[0].status()), "SHUTTING_DOWN");
  sequencer_->Start();
  EXPECT_EQ(ReasonOf(Add(harness_.Release(1)).status()), "SHUTTING_DOWN");
}

TEST_F(SequencerTest, TheGuardBlocksAdds) {
  Start();
  sequencer_->Block(Refuse(absl::StatusCode::kFailedPrecondition, "GUARD", "not clean"));
  EXPECT_EQ(ReasonOf(Add(harness_.Release(1)).status()), "GUARD");
  EXPECT_EQ(ReasonOf(sequencer_->CheckCapacity()), "GUARD");
  sequencer_->Block(absl::OkStatus());
  EXPECT_TRUE(Add(harness_.Release(1)).ok());
}

TEST_F(SequencerTest, ALogThatMayNotSignTakesNothing) {
  RecoveredLog recovered = RecoverForTest(store_, memory_, memory_, harness_.origin());
  recovered.signing = Refuse(absl::StatusCode::kFailedPrecondition, "STORE_BEHIND", "behind");
  sequencer_ = Sequencer::Create(&store_, &memory_, recovered, options_).value();
  sequencer_->Start();
  sequencer_->Block(absl::OkStatus());
  // It is not the submission's fault, so it is no FAILED_PRECONDITION (400) to submitters.
  for (const absl::Status& status :
       {Add(harness_.Release(1)).status(), sequencer_->CheckCapacity()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ(ReasonOf(status), "STORE_BEHIND");
    EXPECT_EQ(status.message(), "behind");
  }
}

TEST_F(SequencerTest, TheHeadListenerHearsOfEveryHeadInOrder) {
  Create();
  std::vector<uint64_t> sizes;
  sequencer_->SetHeadListener([&](const StoredHead& head) { sizes.push_back(head.tree_size); });
  sequencer_->Start();
  for (uint64_t i = 0; i < 5; ++i) ASSERT_TRUE(Add(harness_.Release(i)).ok());
  sequencer_->Stop();
  EXPECT_EQ(sizes, (std::vector<uint64_t>{3, 4, 5, 6, 7}));
}

TEST_F(SequencerTest, ACallbackMayAdd) {
  Start();
  Answers second;
  sequencer_->Add(harness_.Release(1), [&](const absl::StatusOr<AddResult>& result) {
    EXPECT_TRUE(result.ok());
    sequencer_->Add(harness_.Release(2), second.Callback());
  });
  EXPECT_TRUE(second.Wait(1)[0].ok());
}

TEST_F(SequencerTest, ImpossibleOptionsAreRefused) {
  const RecoveredLog recovered = RecoverForTest(store_, memory_, memory_, harness_.origin());
  for (int i = 0; i < 6; ++i) {
    SequencerOptions options;
    if (i == 0) options.max_queued_entries = 0;
    if (i == 1) options.max_queued_bytes = 0;
    if (i == 2) options.max_batch_entries = 0;
    if (i == 3) options.max_batch_bytes = 0;
    if (i == 4) options.max_unpublished_entries = 0;
    if (i == 5) options.max_batch_delay = -absl::Seconds(1);
    EXPECT_TRUE(
        absl::IsInvalidArgument(Sequencer::Create(&store_, &memory_, recovered, options).status()));
  }
}

}  // namespace
}  // namespace candor
