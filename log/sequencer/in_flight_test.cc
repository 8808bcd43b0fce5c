// SPDX-License-Identifier: Apache-2.0
#include "log/sequencer/in_flight.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/attest/testing.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

class InFlightTest : public testing::Test {
 protected:
  AddCallback Into(std::optional<absl::StatusOr<AddResult>>& slot) {
    return [&slot](absl::StatusOr<AddResult> result) { slot = std::move(result); };
  }
  void Give(std::vector<Answer> answers) {
    for (Answer& answer : answers) std::move(answer.callback)(std::move(answer.result));
  }

  const PrivateKey key_a_ = TestKey(1);
  const PrivateKey key_b_ = TestKey(2);
  const std::string release_ = TestRelease("pkg:generic/acme.example/a@1");
  const Entry entry_a_ = TestEntry(release_, {&key_a_});
  const Entry entry_ab_ = TestEntry(release_, {&key_a_, &key_b_});
  InFlight in_flight_{7};
};

TEST_F(InFlightTest, EveryoneIsAnsweredWhenTheEntryIsDurable) {
  std::optional<absl::StatusOr<AddResult>> first, second, other;
  in_flight_.Add(entry_a_, Hash(), Into(first));
  in_flight_.Add(entry_ab_, Hash(), Into(other));
  AddCallback callback = Into(second);
  ASSERT_TRUE(in_flight_.Join(7, callback));
  Give(in_flight_.TakeDurable(7));
  EXPECT_FALSE(first.has_value());
  Give(in_flight_.TakeDurable(8));
  ASSERT_TRUE(first.has_value() && second.has_value());
  EXPECT_EQ((*first)->index, 7u);
  EXPECT_EQ((*first)->tree_size, 8u);
  EXPECT_EQ((*first)->statement_id, entry_a_.statement_id());
  EXPECT_FALSE((*first)->duplicate);
  EXPECT_EQ((*second)->index, 7u);
  EXPECT_TRUE((*second)->duplicate);
  EXPECT_FALSE(other.has_value());
  EXPECT_EQ(in_flight_.size(), 1u);
}

TEST_F(InFlightTest, KeysStayWhileAnyEntryInFlightHasThem) {
  std::optional<absl::StatusOr<AddResult>> ignored;
  EXPECT_TRUE(in_flight_.FindLogged(entry_a_.statement_id()).empty());
  in_flight_.Add(entry_a_, Hash(), Into(ignored));
  in_flight_.Add(entry_ab_, Hash(), Into(ignored));
  const auto logged = in_flight_.FindLogged(entry_a_.statement_id());
  ASSERT_EQ(logged.size(), 3u);
  EXPECT_EQ(logged[0].index, 7u);
  in_flight_.TakeDurable(8);
  for (const LoggedKey& key : in_flight_.FindLogged(entry_a_.statement_id())) {
    EXPECT_EQ(key.index, 8u);
  }
  in_flight_.TakeDurable(9);
  EXPECT_TRUE(in_flight_.FindLogged(entry_a_.statement_id()).empty());
}

TEST_F(InFlightTest, JoinLeavesTheCallbackWhenTheEntryIsNotInFlight) {
  std::optional<absl::StatusOr<AddResult>> answer;
  in_flight_.Add(entry_a_, Hash(), Into(answer));
  AddCallback callback = Into(answer);
  EXPECT_FALSE(in_flight_.Join(6, callback));
  EXPECT_FALSE(in_flight_.Join(8, callback));
  in_flight_.TakeDurable(8);
  EXPECT_FALSE(in_flight_.Join(7, callback));
  std::move(callback)(absl::InternalError("still ours"));
  EXPECT_TRUE(absl::IsInternal(answer->status()));
}

TEST_F(InFlightTest, AFailureReachesEveryone) {
  std::optional<absl::StatusOr<AddResult>> first, second;
  in_flight_.Add(entry_a_, Hash(), Into(first));
  AddCallback callback = Into(second);
  ASSERT_TRUE(in_flight_.Join(7, callback));
  Give(in_flight_.Fail(absl::UnavailableError("why")));
  EXPECT_EQ(first->status(), absl::UnavailableError("why"));
  EXPECT_EQ(second->status(), absl::UnavailableError("why"));
  EXPECT_EQ(in_flight_.size(), 0u);
}

}  // namespace
}  // namespace candor
