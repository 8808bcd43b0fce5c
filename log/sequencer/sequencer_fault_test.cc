// SPDX-License-Identifier: Apache-2.0
//
// Every fault of the store at every step; after each the whole state is checked, every acknowledged
// entry is there, and the log goes on after a restart.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/util/reason.h"
#include "gtest/gtest.h"
#include "log/sequencer/sequencer.h"
#include "log/sequencer/testing.h"
#include "log/storage/fault_log_store.h"
#include "log/storage/memory_log_store.h"

namespace candor {
namespace {

using Fault = FaultLogStore::Fault;

constexpr uint64_t kSteps = 5;

class SequencerFaultTest : public testing::TestWithParam<Fault> {
 protected:
  std::unique_ptr<Sequencer> Start(LogStore& store, const MemoryLogStore& memory) const {
    auto sequencer = Sequencer::Create(
        &store, &memory, RecoverForTest(memory, memory, memory, harness_.origin()), {});
    EXPECT_TRUE(sequencer.ok()) << sequencer.status();
    (*sequencer)->Start();
    return *std::move(sequencer);
  }
  // What submission number `step` is: releases, with a keyset among them.
  Submission At(uint64_t step) const {
    return step == 2 ? harness_.SecondVendorKeyset() : harness_.Release(step);
  }
  static bool Persists(Fault fault) {
    return fault == Fault::kFailedButPersisted || fault == Fault::kCrashAfter ||
           fault == Fault::kUnknownUnreadable;
  }
  // The head can be read and shows the append: the sequencer adopts it.
  static bool Adopts(Fault fault) { return fault == Fault::kFailedButPersisted; }

  const SequencerHarness harness_;
};

TEST_P(SequencerFaultTest, NoAcknowledgedEntryIsLost) {
  for (uint64_t failing = 0; failing < kSteps; ++failing) {
    SCOPED_TRACE(failing);
    MemoryLogStore memory;
    harness_.Begin(memory, memory);
    FaultLogStore store(&memory);
    store.FailAppend(failing, GetParam());
    uint64_t acknowledged = 0;
    {
      const auto sequencer = Start(store, memory);
      for (uint64_t step = 0; step < kSteps; ++step) {
        const auto result = AddAndWait(*sequencer, At(step));
        const bool works = step < failing || Adopts(GetParam());
        ASSERT_EQ(result.ok(), works) << result.status();
        EXPECT_EQ(sequencer->health().ok(), works);
        if (result.ok()) {
          EXPECT_EQ(result->index, 2 + acknowledged++);
        } else {
          EXPECT_EQ(ReasonOf(result.status()), "SEQUENCER_HALTED");
          EXPECT_TRUE(absl::IsUnavailable(result.status()));
        }
      }
    }
    ASSERT_EQ(CheckWholeState(memory, memory, harness_.origin()), absl::OkStatus());
    const uint64_t stored = memory.GetSnapshot().value()->head().tree_size - 2;
    EXPECT_EQ(stored, acknowledged + (Persists(GetParam()) && !Adopts(GetParam()) ? 1 : 0));

    // The restarted log answers retries with what is there and takes the rest.
    const auto sequencer = Start(memory, memory);
    for (uint64_t step = 0; step < kSteps; ++step) {
      const auto result = AddAndWait(*sequencer, At(step));
      ASSERT_TRUE(result.ok()) << result.status();
      EXPECT_EQ(result->index, 2 + step);
      EXPECT_EQ(result->duplicate, step < stored);
    }
    ASSERT_EQ(CheckWholeState(memory, memory, harness_.origin()), absl::OkStatus());
  }
}

TEST_P(SequencerFaultTest, EveryoneInFlightIsAnswered) {
  MemoryLogStore memory;
  harness_.Begin(memory, memory);
  FaultLogStore store(&memory);
  store.FailAppend(0, GetParam());
  store.Hold();
  SequencerOptions options;
  options.max_batch_entries = 3;
  const auto sequencer =
      Sequencer::Create(&store, &memory, RecoverForTest(memory, memory, memory, harness_.origin()),
                        options)
          .value();
  sequencer->Start();
  Answers answers;
  sequencer->Add(harness_.Release(0), answers.Callback());
  store.WaitUntilHeld();
  // One waits for the batch that fails, three gather, the rest is queued.
  sequencer->Add(harness_.Release(0), answers.Callback());
  for (uint64_t i = 1; i < 9; ++i) sequencer->Add(harness_.Release(i), answers.Callback());
  store.Release();
  for (const auto& answer : answers.Wait(10)) {
    EXPECT_EQ(answer.ok(), Adopts(GetParam())) << answer.status();
  }
  sequencer->Stop();
  EXPECT_EQ(answers.count(), 10u);
  EXPECT_EQ(CheckWholeState(memory, memory, harness_.origin()), absl::OkStatus());
}

INSTANTIATE_TEST_SUITE_P(All, SequencerFaultTest,
                         testing::Values(Fault::kFailedNotPersisted, Fault::kFailedButPersisted,
                                         Fault::kConflict, Fault::kCrashBefore, Fault::kCrashAfter,
                                         Fault::kUnknownUnreadable));

// A real second writer: whoever comes second halts, and the log is whole.
TEST(SequencerConflictTest, TwoSequencersOnOneStoreNeverFork) {
  const SequencerHarness harness;
  MemoryLogStore memory;
  harness.Begin(memory, memory);
  const auto make = [&] {
    auto sequencer = Sequencer::Create(&memory, &memory,
                                       RecoverForTest(memory, memory, memory, harness.origin()), {})
                         .value();
    sequencer->Start();
    return sequencer;
  };
  const auto first = make();
  const auto second = make();
  ASSERT_TRUE(AddAndWait(*first, harness.Release(1)).ok());
  const auto refused = AddAndWait(*second, harness.Release(2));
  EXPECT_EQ(ReasonOf(refused.status()), "SEQUENCER_HALTED");
  EXPECT_FALSE(second->health().ok());
  EXPECT_TRUE(AddAndWait(*first, harness.Release(3)).ok());
  EXPECT_EQ(CheckWholeState(memory, memory, harness.origin()), absl::OkStatus());
  EXPECT_EQ(memory.GetSnapshot().value()->head().tree_size, 4u);
}

}  // namespace
}  // namespace candor
