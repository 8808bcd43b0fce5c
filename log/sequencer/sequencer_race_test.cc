// SPDX-License-Identifier: Apache-2.0
//
// Many threads submit all subsets of an envelope's signatures at once.

#include <algorithm>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "core/attest/entry.h"
#include "gtest/gtest.h"
#include "log/sequencer/sequencer.h"
#include "log/sequencer/testing.h"
#include "log/storage/memory_log_store.h"

namespace candor {
namespace {

constexpr size_t kKeys = SequencerHarness::kVendorKeys;
constexpr size_t kSubsets = (size_t{1} << kKeys) - 1;
constexpr size_t kThreads = 6;

std::vector<size_t> Subset(size_t number) {
  std::vector<size_t> keys;
  for (size_t key = 0; key < kKeys; ++key) {
    if (((number + 1) >> key & 1) != 0) keys.push_back(key);
  }
  return keys;
}

class SequencerRaceTest : public testing::Test {
 protected:
  SequencerRaceTest() {
    harness_.Begin(store_, store_);
    sequencer_ = Sequencer::Create(&store_, &store_,
                                   RecoverForTest(store_, store_, store_, harness_.origin()), {})
                     .value();
    sequencer_->Start();
  }
  uint64_t Size() const { return store_.GetSnapshot().value()->head().tree_size; }
  Entry EntryAt(uint64_t index) const {
    return DecodeEntry(store_.GetSnapshot().value()->ReadEntries(index, index + 1, 0)->at(0))
        .value();
  }

  const SequencerHarness harness_;
  MemoryLogStore store_;
  std::unique_ptr<Sequencer> sequencer_;
};

TEST_F(SequencerRaceTest, AtMostOneEntryForEachKey) {
  for (uint64_t round = 0; round < 8; ++round) {
    std::vector<Submission> fresh;
    for (size_t i = 0; i < kSubsets; ++i) fresh.push_back(harness_.Release(round, Subset(i)));
    const uint64_t before = Size();
    Answers answers;
    std::vector<std::thread> threads;
    for (size_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (size_t i = 0; i < kSubsets; ++i) {
          const VerificationToken token = sequencer_->BeginVerification();
          sequencer_->Add(fresh[(i * 7 + t * 4 + round) % kSubsets], answers.Callback());
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (const auto& answer : answers.Wait(kThreads * kSubsets)) {
      ASSERT_TRUE(answer.ok()) << answer.status();
      ASSERT_GE(answer->index, before);
      ASSERT_GT(answer->tree_size, answer->index);
    }
    EXPECT_LE(Size() - before, kKeys);
    EXPECT_GE(Size() - before, 1u);
  }
  sequencer_->Stop();
  EXPECT_EQ(CheckWholeState(store_, store_, harness_.origin()), absl::OkStatus());
}

TEST_F(SequencerRaceTest, AfterTheRaceEachRetryGetsTheFirstEntryWithOneOfItsKeys) {
  std::vector<std::thread> threads;
  Answers answers;
  for (size_t i = 0; i < kSubsets; ++i) {
    threads.emplace_back(
        [&, i] { sequencer_->Add(harness_.Release(1, Subset(i)), answers.Callback()); });
  }
  for (std::thread& thread : threads) thread.join();
  answers.Wait(kSubsets);
  const uint64_t size = Size();
  for (size_t i = 0; i < kSubsets; ++i) {
    const Submission submission = harness_.Release(1, Subset(i));
    uint64_t first = SequencerHarness::kFirstSize;
    const auto shares_key = [&](const Entry& entry) {
      return std::any_of(entry.signatures().begin(), entry.signatures().end(),
                         [&](const EntrySignature& signature) {
                           return std::count(submission.verified_keys.begin(),
                                             submission.verified_keys.end(), signature.key) > 0;
                         });
    };
    while (!shares_key(EntryAt(first))) ++first;
    const auto result = AddAndWait(*sequencer_, submission);
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_TRUE(result->duplicate);
    EXPECT_EQ(result->index, first);
  }
  EXPECT_EQ(Size(), size);
}

TEST_F(SequencerRaceTest, AddsStatsAndStopTogether) {
  Answers answers;
  std::vector<std::thread> threads;
  std::vector<Submission> submissions;
  for (uint64_t i = 0; i < 200; ++i) submissions.push_back(harness_.Release(i));
  for (size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (size_t i = t; i < submissions.size(); ++i) {
        sequencer_->Add(submissions[i], answers.Callback());
        if (i % 16 == 0) {
          (void)sequencer_->stats();
          (void)sequencer_->registry()->FindKey(harness_.key(0));
          (void)sequencer_->tree().Get()->edge.root();
        }
        if (t == 0 && i == submissions.size() / 2) sequencer_->Stop();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  sequencer_->Stop();
  size_t expected = 0;
  for (size_t t = 0; t < kThreads; ++t) expected += submissions.size() - t;
  EXPECT_EQ(answers.count(), expected);
  for (const auto& answer : answers.Wait(expected)) {
    EXPECT_TRUE(!answer.ok() || answer->index < Size());
  }
  EXPECT_EQ(CheckWholeState(store_, store_, harness_.origin()), absl::OkStatus());
}

}  // namespace
}  // namespace candor
