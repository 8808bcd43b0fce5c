// SPDX-License-Identifier: Apache-2.0
#include "log/publisher/publisher.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/merkle/testing.h"
#include "core/note/testing.h"
#include "core/util/reason.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "log/publisher/publisher_fixture.h"
#include "log/publisher/testing.h"

namespace candor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Mode = FakeWitness::Mode;

TEST_F(PublisherTest, NothingBeforeTheFirstHead) {
  Make();
  Run();
  EXPECT_EQ(publisher_->published(), nullptr);
  EXPECT_EQ(publisher_->signed_size(), 0);
  EXPECT_FALSE(publisher_->Health().ok);
  EXPECT_EQ(publisher_->Health().problem, "no checkpoint is published yet");
}

TEST_F(PublisherTest, PublishesTheFirstTreeWithAllCosignatures) {
  Make();
  Grow(1);
  ASSERT_EQ(PublishedSize(), 1);
  EXPECT_EQ(Cosignatures(), 3);
  EXPECT_EQ(publisher_->published()->checkpoint.root, tree_.Root());
  EXPECT_EQ(publisher_->published()->note, keeper_.published_note);
  EXPECT_EQ(keeper_.calls.front(), "signed 1");
  EXPECT_EQ(reported_.front(), 1);
  EXPECT_TRUE(publisher_->Health().ok) << publisher_->Health().problem;
}

TEST_F(PublisherTest, QuorumNonePublishesWithoutWitnesses) {
  Make(0);
  Grow(1);
  EXPECT_EQ(PublishedSize(), 1);
  Advance(options_.checkpoint_interval);
  Grow(700);
  EXPECT_EQ(PublishedSize(), 700);
  EXPECT_TRUE(publisher_->Health().ok);
}

TEST_F(PublisherTest, ManyRoundsWithEveryGap) {
  Make();
  for (uint64_t size = 1, step = 1; size < 600; size += step++) {
    Grow(size);
    ASSERT_EQ(PublishedSize(), size);
    ASSERT_EQ(Cosignatures(), 3);
    clock_.Advance(options_.checkpoint_interval);
  }
  // Each witness was asked once for each checkpoint, from the size it had.
  EXPECT_EQ(w1_.old_sizes.size(), w2_.old_sizes.size());
  EXPECT_EQ(w1_.old_sizes[0], 0);
  EXPECT_EQ(w1_.old_sizes[1], 1);
}

TEST_F(PublisherTest, WhatComesWithinTheIntervalGathers) {
  Make();
  Grow(1);
  Grow(2);
  Grow(5);
  EXPECT_EQ(PublishedSize(), 1);
  EXPECT_EQ(publisher_->signed_size(), 1);
  Advance(options_.checkpoint_interval);
  EXPECT_EQ(PublishedSize(), 5);
  EXPECT_THAT(reported_, ::testing::Not(::testing::Contains(2)));
}

TEST_F(PublisherTest, WhatComesDuringARoundGathersForTheNext) {
  Make();
  Grow(1);
  for (FakeWitness* witness : Witnesses()) witness->mode = Mode::kSlow;
  Advance(options_.checkpoint_interval);
  Grow(2);
  clock_.Advance(options_.checkpoint_interval);
  Grow(9);
  Grow(10);
  EXPECT_EQ(publisher_->signed_size(), 2);
  EXPECT_EQ(PublishedSize(), 1);
  EXPECT_EQ(network_.held(), 3);
  for (FakeWitness* witness : Witnesses()) witness->mode = Mode::kHonest;
  network_.Release();
  Run();
  EXPECT_EQ(PublishedSize(), 10);
}

TEST_F(PublisherTest, TheSignedCheckpointIsKeptBeforeItLeaves) {
  Make();
  keeper_.fail_signed = absl::UnavailableError("disk full");
  Grow(1);
  EXPECT_EQ(w1_.requests, 0);
  EXPECT_EQ(publisher_->signed_size(), 0);
  EXPECT_THAT(publisher_->Health().problem, HasSubstr("disk full"));
  keeper_.fail_signed = absl::OkStatus();
  Advance(options_.retry_interval);
  EXPECT_EQ(PublishedSize(), 1);
  EXPECT_TRUE(publisher_->Health().ok);
}

TEST_F(PublisherTest, ThePublishedCheckpointIsKeptBeforeItIsCurrent) {
  Make();
  keeper_.fail_published = absl::UnavailableError("disk full");
  Grow(1);
  EXPECT_EQ(publisher_->published(), nullptr);
  EXPECT_TRUE(reported_.empty());
  EXPECT_THAT(publisher_->Health().problem, HasSubstr("disk full"));
  keeper_.fail_published = absl::OkStatus();
  Advance(options_.retry_interval);
  EXPECT_EQ(PublishedSize(), 1);
  EXPECT_EQ(Cosignatures(), 3);
}

TEST_F(PublisherTest, OneWitnessDownDoesNotMatterAndItsLateCosignatureIsMerged) {
  Make();
  w3_.mode = Mode::kDown;
  Grow(1);
  EXPECT_EQ(PublishedSize(), 1);
  EXPECT_EQ(Cosignatures(), 2);
  EXPECT_TRUE(publisher_->Health().ok);
  EXPECT_EQ(publisher_->Health().witnesses[2].state, WitnessState::kFailed);
  w3_.mode = Mode::kHonest;
  Advance(options_.witness.backoff_initial);
  EXPECT_EQ(Cosignatures(), 3);
  EXPECT_EQ(publisher_->published()->note, keeper_.published_note);
}

TEST_F(PublisherTest, ALateCosignatureIsMergedAlsoWhenTheNextRoundIsOpen) {
  Make();
  w3_.mode = Mode::kSlow;
  Grow(1);
  EXPECT_EQ(Cosignatures(), 2);
  w1_.mode = w2_.mode = Mode::kDown;
  clock_.Advance(options_.checkpoint_interval);
  Grow(2);
  EXPECT_EQ(publisher_->signed_size(), 2);
  EXPECT_EQ(PublishedSize(), 1);
  network_.Release();
  Run();
  EXPECT_EQ(PublishedSize(), 1);
  EXPECT_EQ(Cosignatures(), 3);
}

TEST_F(PublisherTest, RepublishesTheLastSignedAfterARestart) {
  Make();
  for (FakeWitness* witness : Witnesses()) witness->mode = Mode::kSlow;
  Grow(3);
  EXPECT_EQ(keeper_.calls, std::vector<std::string>{"signed 3"});
  // The witnesses cosign, the log dies before it hears of it.
  for (FakeWitness* witness : Witnesses()) {
    witness->size = 3;
    witness->root = tree_.Root();
    witness->mode = Mode::kHonest;
  }
  Make();
  EXPECT_EQ(publisher_->signed_size(), 3);
  Grow(5);
  EXPECT_THAT(keeper_.calls, ::testing::Contains("published 3"));
  EXPECT_EQ(PublishedSize(), 5);
}

TEST_F(PublisherTest, ServesThePublishedAfterARestartAndHasItConfirmed) {
  Make();
  Grow(3);
  const std::string note = publisher_->published()->note;
  const int requests = w1_.requests;
  Make();
  EXPECT_EQ(publisher_->published()->note, note);
  EXPECT_EQ(reported_.back(), 3);
  Grow(3);
  EXPECT_EQ(w1_.requests, requests + 1);
  EXPECT_EQ(w1_.old_sizes.back(), 3);
  EXPECT_EQ(publisher_->published()->note, note);
  EXPECT_TRUE(publisher_->Health().ok) << publisher_->Health().problem;
  Advance(options_.refresh_interval - absl::Seconds(1));
  EXPECT_EQ(w1_.requests, requests + 1);
  Grow(4);
  EXPECT_EQ(w1_.old_sizes.back(), 3);
  EXPECT_EQ(PublishedSize(), 4);
}

TEST_F(PublisherTest, AStricterPolicyAsksAnewAfterARestart) {
  Make(1);
  w2_.mode = w3_.mode = Mode::kDown;
  Grow(3);
  EXPECT_EQ(PublishedSize(), 3);
  Make(2);
  Grow(4);
  EXPECT_EQ(PublishedSize(), 3);
  EXPECT_EQ(publisher_->signed_size(), 3);
  w2_.mode = Mode::kHonest;
  Advance(options_.witness.backoff_max);
  Advance(options_.checkpoint_interval);
  EXPECT_EQ(PublishedSize(), 4);
}

TEST_F(PublisherTest, RefusesAStateThatIsNotItsOwn) {
  Make();
  Grow(3);
  const auto create = [&](PublisherState state, uint8_t seed) {
    PublisherDependencies dependencies;
    dependencies.clock = &clock_;
    dependencies.http = &network_;
    dependencies.tree = &tree_;
    dependencies.keeper = &keeper_;
    return Publisher::Create(options_, TestWitnessPolicy(Witnesses(), 2),
                             TestLogSigner("log.example/test", seed), dependencies,
                             std::move(state))
        .status();
  };
  const std::string note = keeper_.signed_note;
  EXPECT_TRUE(create({note, keeper_.published_note, {}}, 1).ok());
  EXPECT_EQ(ReasonOf(create({note, "", {}}, 2)), "SIGNED_CHECKPOINT_DAMAGED");
  EXPECT_EQ(ReasonOf(create({note.substr(0, note.size() - 9), "", {}}, 1)),
            "SIGNED_CHECKPOINT_DAMAGED");
  EXPECT_EQ(ReasonOf(create({"", keeper_.published_note, {}}, 1)), "PUBLISHED_BEYOND_SIGNED");
}

TEST_F(PublisherTest, ALogThatMustNotSignServesWhatItPublished) {
  Make();
  Grow(3);
  signing_ = Refuse(absl::StatusCode::kFailedPrecondition, "STORE_BEHIND", "the store is behind");
  Make();
  w1_.requests = 0;
  Grow(9);
  Advance(absl::Hours(1));
  EXPECT_EQ(PublishedSize(), 3);
  EXPECT_EQ(w1_.requests, 0);
  EXPECT_EQ(keeper_.calls.back(), "published 3");
  EXPECT_EQ(publisher_->Health().problem, "the store is behind");
}

TEST_F(PublisherTest, CosignaturesAreRefreshed) {
  Make();
  Grow(1);
  const std::string before = publisher_->published()->note;
  Advance(options_.refresh_interval - absl::Seconds(1));
  EXPECT_EQ(publisher_->published()->note, before);
  Advance(absl::Seconds(1));
  EXPECT_NE(publisher_->published()->note, before);
  EXPECT_EQ(Cosignatures(), 3);
  EXPECT_EQ(w1_.requests, 2);
  EXPECT_EQ(w1_.old_sizes.back(), 1);
}

TEST_F(PublisherTest, TheClockOfAWitnessDoesNotSayWhenItIsAskedAgain) {
  w1_.clock_error = -absl::Hours(1);
  w2_.clock_error = options_.witness.clock_skew - absl::Seconds(1);
  Make();
  Grow(1);
  EXPECT_EQ(Cosignatures(), 3);
  Advance(options_.refresh_interval - absl::Seconds(1));
  EXPECT_EQ(w1_.requests, 1);
  EXPECT_EQ(w2_.requests, 1);
  Advance(absl::Seconds(1));
  EXPECT_EQ(w1_.requests, 2);
  EXPECT_EQ(w2_.requests, 2);
}

TEST_F(PublisherTest, AClockThatIsSetBackDelaysNothing) {
  Make();
  w3_.mode = Mode::kDown;
  Grow(1);
  clock_.Advance(-absl::Hours(2));
  w3_.mode = Mode::kHonest;
  Grow(2);
  Advance(absl::Seconds(1));
  EXPECT_EQ(PublishedSize(), 2);
  EXPECT_EQ(Cosignatures(), 3);
  const int requests = w1_.requests;
  clock_.Advance(-absl::Hours(2));
  Run();
  Advance(options_.refresh_interval);
  EXPECT_EQ(w1_.requests, requests + 1);
}

TEST_F(PublisherTest, WaitersAreAnsweredByPublicationDeadlineOrStop) {
  Make();
  std::vector<std::string> answers;
  const auto waiter = [&](std::string name) {
    return [&answers, name](PublishWaiters::Result result) {
      answers.push_back(name + " " +
                        (result.ok() ? absl::StrCat((*result)->checkpoint.tree_size)
                                     : ReasonOf(result.status())));
    };
  };
  publisher_->WaitPublished(0, clock_.Now() + absl::Seconds(9), waiter("first"));
  publisher_->WaitPublished(5, clock_.Now() + absl::Seconds(9), waiter("late"));
  publisher_->WaitPublished(7, absl::InfiniteFuture(), waiter("stopped"));
  const uint64_t cancelled =
      publisher_->WaitPublished(0, absl::InfiniteFuture(), waiter("cancelled"));
  EXPECT_TRUE(publisher_->CancelWait(cancelled));
  EXPECT_FALSE(publisher_->CancelWait(cancelled));
  Grow(1);
  EXPECT_THAT(answers, ElementsAre("first 1"));
  publisher_->WaitPublished(0, clock_.Now(), waiter("known"));
  EXPECT_THAT(answers, ElementsAre("first 1", "known 1"));
  Advance(absl::Seconds(9));
  publisher_->Stop();
  publisher_->WaitPublished(99, absl::InfiniteFuture(), waiter("closed"));
  EXPECT_THAT(answers, ElementsAre("first 1", "known 1", "late NOT_YET_PUBLISHED",
                                   "stopped SHUTTING_DOWN", "closed SHUTTING_DOWN"));
}

TEST_F(PublisherTest, RunsOnAThreadOfItsOwn) {
  Make();
  Notification published;
  publisher_->Start();
  publisher_->WaitPublished(0, absl::InfiniteFuture(),
                            [&](PublishWaiters::Result) { published.Notify(); });
  tree_.AppendEntry("entry 0");
  publisher_->OnSequenced(1, tree_.Root());
  published.Wait();
  EXPECT_EQ(PublishedSize(), 1);
  publisher_->Stop();
}

TEST_F(PublisherTest, MetricsTellSizesAndAnswers) {
  Make();
  w3_.mode = Mode::kDown;
  Grow(4);
  const std::string text = metrics_.Expose();
  EXPECT_THAT(text, HasSubstr("candor_published_tree_size 4"));
  EXPECT_THAT(text, HasSubstr("candor_signed_tree_size 4"));
  EXPECT_THAT(text, HasSubstr("candor_publisher_healthy 1"));
}

}  // namespace
}  // namespace candor
