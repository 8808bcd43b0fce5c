// SPDX-License-Identifier: Apache-2.0
#include "witness/service/witness.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "core/note/cosignature.h"
#include "core/note/testing.h"
#include "core/note/witness_request.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"
#include "witness/state/fault_witness_state.h"
#include "witness/state/memory_witness_state.h"
#include "witness/test_log.h"

namespace candor {
namespace {

constexpr int64_t kStart = 1'700'000'000;

class WitnessTest : public ::testing::Test {
 protected:
  using Fault = FaultWitnessState::Fault;

  static std::vector<NoteSignature> Cosignatures(
      const absl::StatusOr<AddCheckpointAnswer>& answer) {
    EXPECT_TRUE(answer.ok()) << answer.status();
    if (!answer.ok() || !std::holds_alternative<std::vector<NoteSignature>>(*answer)) return {};
    return std::get<std::vector<NoteSignature>>(*answer);
  }

  // The size in a conflict answer, or a number that no test uses.
  static uint64_t ConflictSize(const absl::StatusOr<AddCheckpointAnswer>& answer) {
    EXPECT_TRUE(answer.ok()) << answer.status();
    if (!answer.ok() || !std::holds_alternative<SizeConflict>(*answer)) return 999'999;
    return std::get<SizeConflict>(*answer).latest_size;
  }

  // The time of the one cosignature of a good answer.
  uint64_t Cosigned(const TestLog& log, uint64_t old_size, uint64_t new_size) {
    const auto cosignatures = Cosignatures(witness_.AddCheckpoint(log.Request(old_size, new_size)));
    EXPECT_EQ(cosignatures.size(), 1u);
    if (cosignatures.size() != 1) return 0;
    const absl::StatusOr<uint64_t> time =
        VerifyCosignature(cosigner_.vkey(), log.At(new_size).FormatText(), cosignatures.front());
    EXPECT_TRUE(time.ok()) << time.status();
    return time.value_or(0);
  }

  CosignedCheckpointPtr Latest(const TestLog& log) const {
    return memory_.Latest(Sha256(log.origin()));
  }

  const TestLog log_{"log.example"};
  const TestLog other_log_{"other.example", 2};
  const Cosigner cosigner_ = TestCosigner("witness.example/w", 9);
  FakeClock clock_{absl::FromUnixSeconds(kStart)};
  MemoryWitnessState memory_;
  FaultWitnessState state_{&memory_};
  Witness witness_{{log_.vkey(), other_log_.vkey()}, &cosigner_, &state_, &clock_};
};

TEST_F(WitnessTest, FollowsALogThatGrows) {
  const uint64_t sizes[] = {0, 1, 2, 5, 8, 13, 64};
  uint64_t old_size = 0;
  for (const uint64_t size : sizes) {
    clock_.Advance(absl::Seconds(10));
    EXPECT_EQ(Cosigned(log_, old_size, size), absl::ToUnixSeconds(clock_.Now()));
    EXPECT_EQ(Latest(log_)->checkpoint().tree_size, size);
    old_size = size;
  }
}

// Every pair of sizes, with the right proof, and with every single hash of it wrong.
TEST_F(WitnessTest, EveryStepOfASmallLog) {
  for (uint64_t old_size = 0; old_size <= 9; ++old_size) {
    for (uint64_t new_size = old_size; new_size <= 9; ++new_size) {
      MemoryWitnessState state;
      Witness witness({log_.vkey()}, &cosigner_, &state, &clock_);
      if (old_size > 0) Cosignatures(witness.AddCheckpoint(log_.Request(0, old_size)));
      const std::vector<Hash> proof = log_.Proof(old_size, new_size);
      for (size_t i = 0; i < proof.size(); ++i) {
        AddCheckpointRequest bad{
            .old_size = old_size, .proof = proof, .checkpoint = log_.SignedAt(new_size)};
        bad.proof[i].data()[7] ^= 1;
        EXPECT_EQ(ReasonOf(witness.AddCheckpoint(bad.Format()).status()),
                  "CHECKPOINT_INCONSISTENT");
      }
      EXPECT_EQ(Cosignatures(witness.AddCheckpoint(log_.Request(old_size, new_size))).size(), 1u);
    }
  }
}

TEST_F(WitnessTest, KeepsTheVerifiedSignaturesAndItsOwn) {
  const NoteSigner stranger = TestLogSigner("stranger.example", 5);
  Note note = Note::Parse(log_.SignedAt(3)).value();
  note.signatures.push_back(stranger.Sign(note.text).value());
  note.signatures.push_back(note.signatures[0]);  // the log's line twice
  const AddCheckpointRequest request{.old_size = 0, .proof = {}, .checkpoint = note.Format()};
  const auto cosignatures = Cosignatures(witness_.AddCheckpoint(request.Format()));
  ASSERT_EQ(cosignatures.size(), 1u);
  const Note kept = Note::Parse(Latest(log_)->note()).value();
  EXPECT_EQ(kept.text, note.text);
  EXPECT_EQ(kept.signatures, (std::vector<NoteSignature>{note.signatures[0], cosignatures[0]}));
}

TEST_F(WitnessTest, ExtensionLinesAreCosignedAsSubmitted) {
  Checkpoint checkpoint = log_.At(3);
  checkpoint.extensions = {"extension"};
  const AddCheckpointRequest request{
      .old_size = 0, .proof = {}, .checkpoint = TestSignedCheckpoint(checkpoint, log_.signer())};
  const auto cosignatures = Cosignatures(witness_.AddCheckpoint(request.Format()));
  ASSERT_EQ(cosignatures.size(), 1u);
  EXPECT_TRUE(VerifyCosignature(cosigner_.vkey(), checkpoint.FormatText(), cosignatures[0]).ok());
}

TEST_F(WitnessTest, TimesNeverDecrease) {
  EXPECT_EQ(Cosigned(log_, 0, 3), kStart);
  clock_.Set(absl::FromUnixSeconds(kStart - 5000));
  EXPECT_EQ(Cosigned(log_, 3, 4), kStart);
  EXPECT_EQ(Cosigned(log_, 4, 4), kStart);
  EXPECT_EQ(Cosigned(other_log_, 0, 1), kStart - 5000);
  clock_.Set(absl::FromUnixSeconds(kStart + 1));
  EXPECT_EQ(Cosigned(log_, 4, 4), kStart + 1);
}

TEST_F(WitnessTest, AClockThatIsNotSetCosignsNothing) {
  for (const int64_t seconds : {0, -1}) {
    clock_.Set(absl::FromUnixSeconds(seconds));
    EXPECT_EQ(ReasonOf(witness_.AddCheckpoint(log_.Request(0, 3)).status()), "CLOCK_UNSET");
    EXPECT_EQ(Latest(log_), nullptr);
  }
}

TEST_F(WitnessTest, ARefusalChangesNothing) {
  Cosigned(log_, 0, 3);
  const std::string before = Latest(log_)->note();
  clock_.Advance(absl::Seconds(10));
  const TestLog fork("log.example", 1, " forked", 2);
  const std::string bad_signature =
      AddCheckpointRequest{.old_size = 3,
                           .proof = log_.Proof(3, 5),
                           .checkpoint = WithBrokenSignature(log_.SignedAt(5), 0)}
          .Format();
  for (const std::string& body :
       {std::string("nonsense"), log_.Request(0, 5), log_.Request(2, 5), log_.Request(4, 5),
        fork.Request(3, 3), fork.Request(3, 5), bad_signature}) {
    witness_.AddCheckpoint(body).IgnoreError();
    EXPECT_EQ(Latest(log_)->note(), before) << body;
  }
}

TEST_F(WitnessTest, WithoutPersistenceNoCosignature) {
  Cosigned(log_, 0, 3);
  const std::string before = Latest(log_)->note();
  state_.FailNext(Fault::kNotPersisted);
  const auto answer = witness_.AddCheckpoint(log_.Request(3, 5));
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(answer.status()), "STATE_NOT_PERSISTED");
  EXPECT_EQ(Latest(log_)->note(), before);
}

// The write took effect but the witness could not know, or it crashed before the answer left: the
// log's retry learns the new size and gets its cosignature.
TEST_F(WitnessTest, ARetryAfterALostAnswerIsSafe) {
  Cosigned(log_, 0, 3);
  state_.FailNext(Fault::kPersisted);
  EXPECT_FALSE(witness_.AddCheckpoint(log_.Request(3, 5)).ok());

  Witness restarted({log_.vkey()}, &cosigner_, &memory_, &clock_);
  EXPECT_EQ(ConflictSize(restarted.AddCheckpoint(log_.Request(3, 5))), 5u);
  EXPECT_EQ(Cosignatures(restarted.AddCheckpoint(log_.Request(5, 5))).size(), 1u);
  EXPECT_EQ(Cosignatures(restarted.AddCheckpoint(log_.Request(5, 9))).size(), 1u);
}

// Another request overtakes between check and write: the first is checked again, against the new
// state.
TEST_F(WitnessTest, AnOvertakenRequestIsCheckedAgain) {
  Cosigned(log_, 0, 3);
  state_.BeforeNextAdvance([&] { Cosigned(log_, 3, 8); });
  EXPECT_EQ(ConflictSize(witness_.AddCheckpoint(log_.Request(3, 5))), 8u);
  EXPECT_EQ(Latest(log_)->checkpoint().tree_size, 8u);
}

TEST_F(WitnessTest, AnOvertakenRefreshWorks) {
  Cosigned(log_, 0, 3);
  clock_.Advance(absl::Seconds(1));
  state_.BeforeNextAdvance([&] {
    clock_.Advance(absl::Seconds(7));
    Cosigned(log_, 3, 3);
  });
  EXPECT_EQ(Cosigned(log_, 3, 3), kStart + 8);
  EXPECT_EQ(state_.advances(), 3);  // the overtaken one failed and was not tried again
}

// Anyone can send a public checkpoint as often as they like.
TEST_F(WitnessTest, AReplayedCheckpointIsWrittenOnceASecond) {
  Cosigned(log_, 0, 3);
  clock_.Advance(absl::Seconds(10));
  const int before = state_.advances();
  const auto first = Cosignatures(witness_.AddCheckpoint(log_.Request(3, 3)));
  ASSERT_EQ(first.size(), 1u);
  for (int i = 1; i < 100; ++i) {
    EXPECT_EQ(Cosignatures(witness_.AddCheckpoint(log_.Request(3, 3))), first);
  }
  EXPECT_EQ(state_.advances(), before + 1);

  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(Cosigned(log_, 3, 3), kStart + 11);
  EXPECT_EQ(state_.advances(), before + 2);
  // Set back, the time is that of the latest cosignature: nothing new to say either.
  clock_.Set(absl::FromUnixSeconds(kStart));
  EXPECT_EQ(Cosigned(log_, 3, 3), kStart + 11);
  EXPECT_EQ(state_.advances(), before + 2);
}

// A log with two keys, while it changes them: whoever strips signatures takes none from what is
// kept and causes no more writes than there are keys.
TEST_F(WitnessTest, SignaturesOfOneSecondAreGathered) {
  const TestLog rotated("log.example", 3);
  Witness witness({log_.vkey(), rotated.vkey()}, &cosigner_, &state_, &clock_);
  std::vector<NoteSignature> first;
  for (int i = 0; i < 10; ++i) {
    const TestLog& signer = i % 2 == 0 ? log_ : rotated;
    const auto cosignatures =
        Cosignatures(witness.AddCheckpoint(signer.Request(i == 0 ? 0 : 3, 3)));
    ASSERT_EQ(cosignatures.size(), 1u);
    if (i == 0) first = cosignatures;
    EXPECT_EQ(cosignatures, first);
  }
  EXPECT_EQ(state_.advances(), 2);
  EXPECT_EQ(Latest(log_)->note(),
            TestSignedCheckpoint(log_.At(3), log_.signer()) +
                rotated.signer().Sign(log_.At(3).FormatText()).value().FormatLine() +
                first[0].FormatLine());
}

TEST_F(WitnessTest, OnlyTheSameCheckpointIsAnsweredFromTheState) {
  Cosigned(log_, 0, 3);
  Checkpoint extended = log_.At(3);
  extended.extensions = {"extension"};
  const AddCheckpointRequest request{
      .old_size = 3, .proof = {}, .checkpoint = TestSignedCheckpoint(extended, log_.signer())};
  const auto cosignatures = Cosignatures(witness_.AddCheckpoint(request.Format()));
  ASSERT_EQ(cosignatures.size(), 1u);
  EXPECT_TRUE(VerifyCosignature(cosigner_.vkey(), extended.FormatText(), cosignatures[0]).ok());
  EXPECT_EQ(state_.advances(), 2);
  // What would be refused is refused, whatever the state holds.
  EXPECT_EQ(
      ReasonOf(
          witness_.AddCheckpoint(TestLog("log.example", 1, " forked", 2).Request(3, 3)).status()),
      "CHECKPOINT_INCONSISTENT");
  EXPECT_EQ(ConflictSize(witness_.AddCheckpoint(log_.Request(2, 3))), 3u);
}

// Two branches of one log race: one wins, and the other never gets a cosignature.
TEST_F(WitnessTest, ConflictingCheckpointsRace) {
  const TestLog fork("log.example", 1, " forked", 0);
  for (int round = 0; round < 20; ++round) {
    MemoryWitnessState state;
    Witness witness({log_.vkey()}, &cosigner_, &state, &clock_);
    std::atomic<int> cosigned = 0;
    std::vector<std::thread> threads;
    for (const TestLog* branch : {&log_, &fork}) {
      threads.emplace_back([&, branch] {
        const auto answer = witness.AddCheckpoint(branch->Request(0, 4));
        ASSERT_TRUE(answer.ok()) << answer.status();
        if (std::holds_alternative<SizeConflict>(*answer)) {
          EXPECT_EQ(std::get<SizeConflict>(*answer).latest_size, 4u);
        } else {
          ++cosigned;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(cosigned, 1);
  }
}

// Threads that all push one log forward: sizes only ever grow, and each step was cosigned once.
TEST_F(WitnessTest, OrderedCheckpointsRace) {
  constexpr uint64_t kLast = 32;
  std::atomic<uint64_t> cosigned = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      uint64_t size = 0;
      while (size < kLast) {
        const auto answer = witness_.AddCheckpoint(log_.Request(size, size + 1));
        ASSERT_TRUE(answer.ok()) << answer.status();
        if (const auto* conflict = std::get_if<SizeConflict>(&*answer)) {
          EXPECT_GT(conflict->latest_size, size);
          size = conflict->latest_size;
        } else {
          ++cosigned;
          ++size;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(cosigned, kLast);
  EXPECT_EQ(Latest(log_)->checkpoint().tree_size, kLast);
}

TEST_F(WitnessTest, ACheckpointThatCanNotBeKeptIsRefused) {
  Checkpoint checkpoint = log_.At(3);
  checkpoint.extensions = {std::string(kMaxNoteBytes - 230, 'x')};
  const AddCheckpointRequest request{
      .old_size = 0, .proof = {}, .checkpoint = TestSignedCheckpoint(checkpoint, log_.signer())};
  ASSERT_LE(request.Format().size(), kMaxAddCheckpointBytes);
  ASSERT_LE(request.checkpoint.size(), kMaxNoteBytes);
  const absl::Status status = witness_.AddCheckpoint(request.Format()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  EXPECT_EQ(Latest(log_), nullptr);
}

}  // namespace
}  // namespace candor
