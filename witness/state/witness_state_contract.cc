// SPDX-License-Identifier: Apache-2.0
#include "witness/state/witness_state_contract.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/note/testing.h"
#include "core/util/reason.h"

namespace candor {

const Cosigner& StateTestCosigner() {
  static const Cosigner* const cosigner = new Cosigner(TestCosigner("witness.example/w", 9));
  return *cosigner;
}

CosignedCheckpointPtr TestCosigned(std::string_view origin, uint64_t tree_size, uint64_t time,
                                   std::string_view root) {
  const std::string note =
      TestSignedCheckpoint({.origin = std::string(origin),
                            .tree_size = tree_size,
                            .root = Sha256(root),
                            .extensions = {}},
                           TestLogSigner(origin, 1), {{&StateTestCosigner(), time}});
  return std::make_shared<const CosignedCheckpoint>(
      CosignedCheckpoint::Parse(note, StateTestCosigner().vkey()).value());
}

TEST_P(WitnessStateContract, EmptyAtFirst) {
  const std::unique_ptr<WitnessState> state = GetParam()();
  EXPECT_EQ(state->Latest(Sha256("log.example")), nullptr);
  EXPECT_TRUE(state->Health().ok());
}

TEST_P(WitnessStateContract, KeepsTheLatestOfEachLog) {
  const std::unique_ptr<WitnessState> state = GetParam()();
  const auto a0 = TestCosigned("a.example", 0, 100);
  const auto a5 = TestCosigned("a.example", 5, 101);
  const auto b7 = TestCosigned("b.example", 7, 50);
  EXPECT_TRUE(state->Advance(nullptr, a0).ok());
  EXPECT_TRUE(state->Advance(nullptr, b7).ok());
  EXPECT_TRUE(state->Advance(a0, a5).ok());
  EXPECT_EQ(state->Latest(a5->origin_hash())->note(), a5->note());
  EXPECT_EQ(state->Latest(b7->origin_hash())->note(), b7->note());
  EXPECT_EQ(state->Latest(Sha256("c.example")), nullptr);
}

TEST_P(WitnessStateContract, SameSizeAgainAtTheSameOrALaterTime) {
  const std::unique_ptr<WitnessState> state = GetParam()();
  const auto first = TestCosigned("a.example", 5, 100);
  const auto later = TestCosigned("a.example", 5, 101);
  EXPECT_TRUE(state->Advance(nullptr, first).ok());
  EXPECT_TRUE(state->Advance(first, first).ok());
  EXPECT_TRUE(state->Advance(first, later).ok());
  EXPECT_EQ(state->Latest(first->origin_hash())->cosigned_at(), 101u);
}

TEST_P(WitnessStateContract, ComparesBeforeItSets) {
  const std::unique_ptr<WitnessState> state = GetParam()();
  const auto five = TestCosigned("a.example", 5, 100);
  const auto six = TestCosigned("a.example", 6, 101);
  const auto seven = TestCosigned("a.example", 7, 102);
  EXPECT_EQ(ReasonOf(state->Advance(five, six)), "STATE_CONFLICT");
  EXPECT_EQ(state->Latest(five->origin_hash()), nullptr);
  ASSERT_TRUE(state->Advance(nullptr, five).ok());
  EXPECT_EQ(ReasonOf(state->Advance(nullptr, six)), "STATE_CONFLICT");
  ASSERT_TRUE(state->Advance(five, seven).ok());
  const absl::Status status = state->Advance(five, six);
  EXPECT_EQ(ReasonOf(status), "STATE_CONFLICT");
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(state->Latest(five->origin_hash())->note(), seven->note());
  EXPECT_TRUE(state->Health().ok());
}

TEST_P(WitnessStateContract, NeverGoesBack) {
  const std::unique_ptr<WitnessState> state = GetParam()();
  const auto latest = TestCosigned("a.example", 5, 100);
  ASSERT_TRUE(state->Advance(nullptr, latest).ok());
  const CosignedCheckpointPtr kBad[] = {
      TestCosigned("a.example", 4, 101),                // smaller
      TestCosigned("a.example", 5, 101, "other root"),  // another root of the same size
      TestCosigned("a.example", 6, 99),                 // earlier
  };
  for (const CosignedCheckpointPtr& bad : kBad) {
    const absl::Status status = state->Advance(latest, bad);
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(ReasonOf(status), "STATE_WOULD_GO_BACK");
    EXPECT_EQ(state->Latest(latest->origin_hash())->note(), latest->note());
  }
  EXPECT_TRUE(state->Health().ok());
}

// Of several threads that set the same successor's place, exactly one wins each round.
TEST_P(WitnessStateContract, OneWinnerAmongThreads) {
  const std::unique_ptr<WitnessState> state = GetParam()();
  constexpr uint64_t kRounds = 8;
  constexpr int kThreads = 4;
  CosignedCheckpointPtr latest;
  for (uint64_t round = 1; round <= kRounds; ++round) {
    std::atomic<int> winners = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        const auto next = TestCosigned("a.example", round, 100, absl::StrCat(t));
        const absl::Status status = state->Advance(latest, next);
        if (status.ok()) ++winners;
        if (!status.ok()) {
          EXPECT_EQ(ReasonOf(status), "STATE_CONFLICT");
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(winners, 1);
    latest = state->Latest(Sha256("a.example"));
    ASSERT_NE(latest, nullptr);
    EXPECT_EQ(latest->checkpoint().tree_size, round);
  }
}

}  // namespace candor
