// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "core/merkle/testing.h"
#include "core/note/policy.h"
#include "core/note/testing.h"
#include "gtest/gtest.h"
#include "log/publisher/publisher.h"
#include "log/publisher/testing.h"

namespace candor {

// For tests only: a publisher with three witnesses, a tree that the test grows, and a clock that
// stands.
class PublisherTest : public ::testing::Test {
 protected:
  PublisherTest() {
    for (FakeWitness* witness : Witnesses()) network_.Add(witness);
  }

  std::vector<FakeWitness*> Witnesses() { return {&w1_, &w2_, &w3_}; }

  void Make(int threshold = 2) {
    publisher_.reset();
    PublisherDependencies dependencies;
    dependencies.clock = &clock_;
    dependencies.http = &network_;
    dependencies.tree = &tree_;
    dependencies.keeper = &keeper_;
    dependencies.metrics = &metrics_;
    may_write_.clear();
    dependencies.on_may_write = [this](const absl::Status& may_write) {
      may_write_.push_back(may_write);
    };
    dependencies.on_published = [this](uint64_t size) { reported_.push_back(size); };
    auto publisher = Publisher::Create(
        options_,
        TestWitnessPolicy(threshold == 0 ? std::vector<FakeWitness*>{} : Witnesses(), threshold),
        TestLogSigner("log.example/test", 1), dependencies,
        {keeper_.signed_note, keeper_.published_note, signing_});
    ASSERT_TRUE(publisher.ok()) << publisher.status();
    publisher_ = *std::move(publisher);
  }

  // Grows the tree and does everything that is due now.
  void Grow(uint64_t size) {
    while (tree_.size() < size) tree_.AppendEntry(absl::StrCat("entry ", tree_.size()));
    publisher_->OnSequenced(tree_.size(), tree_.Root());
    Run();
  }

  void Run() {
    for (int steps = 0; publisher_->Step() <= clock_.Now(); ++steps) {
      ASSERT_LT(steps, 100) << "the publisher does not come to rest";
    }
  }

  void Advance(absl::Duration by) {
    clock_.Advance(by);
    Run();
  }

  uint64_t PublishedSize() {
    const auto published = publisher_->published();
    return published == nullptr ? 0 : published->checkpoint.tree_size;
  }

  // What a client with the policy says of the current checkpoint: how many witnesses, and the
  // quorum.
  size_t Cosignatures() {
    const std::string vkey = TestLogSigner("log.example/test", 1).vkey().ToString();
    std::string text = absl::StrCat("log ", vkey, "\n");
    for (FakeWitness* witness : Witnesses()) {
      absl::StrAppend(&text, "witness ", witness->name(), " ",
                      witness->cosigner().vkey().ToString(), "\n");
    }
    const auto policy = Policy::Parse(text + "quorum none\n");
    EXPECT_TRUE(policy.ok()) << policy.status();
    const auto result = policy->Evaluate(publisher_->published()->note);
    EXPECT_TRUE(result.ok()) << result.status();
    return result->cosignatures.size();
  }

  FakeClock clock_;
  FakeWitness w1_{"w1", 11, &clock_};
  FakeWitness w2_{"w2", 12, &clock_};
  FakeWitness w3_{"w3", 13, &clock_};
  FakeWitnessNetwork network_;
  MemoryTree tree_;
  MemoryKeeper keeper_;
  MetricsRegistry metrics_;
  PublisherOptions options_;
  absl::Status signing_;
  std::vector<uint64_t> reported_;
  std::vector<absl::Status> may_write_;  // as told since Make
  std::unique_ptr<Publisher> publisher_;
};

}  // namespace candor
