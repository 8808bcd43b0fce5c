// SPDX-License-Identifier: Apache-2.0
#include "log/publisher/witness_link.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "core/merkle/proof.h"
#include "core/merkle/testing.h"
#include "core/note/testing.h"
#include "core/note/witness_request.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "log/publisher/checkpoint_signer.h"
#include "log/publisher/testing.h"

namespace candor {
namespace {

using ::testing::HasSubstr;

class WitnessLinkTest : public ::testing::Test {
 protected:
  WitnessLinkTest() {
    for (int i = 0; i < 20; ++i) tree_.AppendEntry(absl::StrCat("entry ", i));
  }

  std::shared_ptr<const SignedHead> Sign(uint64_t size) {
    return *signer_.Sign(size, tree_.Root(size));
  }
  PolicyWitness InPolicy(std::string url) {
    return {"first", witness_.cosigner().vkey(), std::move(url)};
  }

  FakeClock clock_;
  FakeWitness witness_{"w1", 11, &clock_};
  MemoryTree tree_;
  MemoryKeeper keeper_;
  CheckpointSigner signer_{TestLogSigner("log.example/a", 1), &tree_, &keeper_};
};

TEST_F(WitnessLinkTest, AsksAsTheStandardSays) {
  WitnessLink link(InPolicy("http://w1.test/prefix/"), {});
  const auto head = Sign(5);
  auto request = link.Begin(*head, tree_, clock_.Now());
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_TRUE(link.busy());
  EXPECT_EQ(request->method, "POST");
  EXPECT_EQ(request->url, "http://w1.test/prefix/add-checkpoint");
  EXPECT_EQ(request->timeout, WitnessLinkOptions().request_timeout);
  EXPECT_EQ(request->body, absl::StrCat("old 0\n\n", head->note));
  auto cosignature = link.Finish(*head, witness_.AddCheckpoint(request->body), clock_.Now());
  ASSERT_TRUE(cosignature.has_value());
  EXPECT_EQ(cosignature->time, static_cast<uint64_t>(absl::ToUnixSeconds(clock_.Now())));
  EXPECT_FALSE(link.busy());
  EXPECT_EQ(link.state(), WitnessState::kCosigned);
  EXPECT_EQ(link.size(), 5);

  const auto next = Sign(20);
  request = link.Begin(*next, tree_, clock_.Now());
  ASSERT_TRUE(request.ok());
  const auto parsed = AddCheckpointRequest::Parse(request->body);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->old_size, 5);
  EXPECT_TRUE(VerifyConsistency(5, 20, tree_.Root(5), tree_.Root(20), parsed->proof).ok());
}

// A witness may cosign with more keys than the policy names (tlog-witness).
TEST_F(WitnessLinkTest, LinesOfOtherKeysInTheAnswerAreIgnored) {
  WitnessLink link(InPolicy("http://w1.test"), {});
  const auto head = Sign(5);
  const auto request = link.Begin(*head, tree_, clock_.Now());
  ASSERT_TRUE(request.ok());
  HttpResponse answer = witness_.AddCheckpoint(request->body);
  const NoteSignature ours = ParseAddCheckpointResponse(answer.text()).value().front();
  const NoteSignature same_name = {ours.name, ours.key_id ^ 1, std::string(8 + 2420, 's')};
  const NoteSignature other = {"other.example", ours.key_id, "x"};
  answer = HttpResponse::Text(200, FormatAddCheckpointResponse({same_name, other, ours, other}));
  const auto cosignature = link.Finish(*head, answer, clock_.Now());
  ASSERT_TRUE(cosignature.has_value()) << link.error();
  EXPECT_EQ(cosignature->signature, ours);
}

TEST_F(WitnessLinkTest, AnAnswerLargerThanTheTreeIsADisputeAndStaysOne) {
  WitnessLink link(InPolicy("http://w1.test"), {});
  const auto head = Sign(5);
  ASSERT_TRUE(link.Begin(*head, tree_, clock_.Now()).ok());
  HttpResponse response = HttpResponse::Make(409, "text/x.tlog.size; charset=utf-8", "6\n");
  EXPECT_FALSE(link.Finish(*head, response, clock_.Now()).has_value());
  EXPECT_EQ(link.state(), WitnessState::kDisputed);
  EXPECT_THAT(link.error(), HasSubstr("a tree of 6 entries"));
  ASSERT_TRUE(link.Begin(*head, tree_, clock_.Now()).ok());
  link.Finish(*head, absl::UnavailableError("refused"), clock_.Now());
  EXPECT_EQ(link.state(), WitnessState::kDisputed);
  ASSERT_TRUE(link.Begin(*head, tree_, clock_.Now()).ok());
  const auto request = link.Begin(*head, tree_, clock_.Now());
  EXPECT_TRUE(link.Finish(*head, witness_.AddCheckpoint(request->body), clock_.Now()).has_value());
  EXPECT_EQ(link.state(), WitnessState::kCosigned);
  EXPECT_EQ(link.error(), "");
}

// Nothing but another root is left as a reason.
TEST_F(WitnessLinkTest, A409ToTheSizeThatItHoldsIsADispute) {
  const std::vector<std::pair<std::string, std::string>> answers = {
      {"text/x.tlog.size", "5\n"}, {"text/plain", "5\n"}, {"text/x.tlog.size", ""}};
  for (const auto& [type, body] : answers) {
    SCOPED_TRACE(absl::StrCat(type, " ", body));
    WitnessLink link(InPolicy("http://w1.test"), {});
    link.RestoreSize(5);
    const auto head = Sign(5);
    ASSERT_TRUE(link.Begin(*head, tree_, clock_.Now()).ok());
    link.Finish(*head, HttpResponse::Make(409, type, body), clock_.Now());
    EXPECT_EQ(link.state(), WitnessState::kDisputed);
    EXPECT_FALSE(link.size().has_value());
    EXPECT_GT(link.next_attempt(), clock_.Now());
  }
}

TEST_F(WitnessLinkTest, SizesOf409ThatAreNoSizes) {
  for (const char* body : {"", "3", "03\n", "-1\n", "3\n\n", "three\n", "18446744073709551616\n"}) {
    WitnessLink link(InPolicy("http://w1.test"), {});
    const auto head = Sign(5);
    ASSERT_TRUE(link.Begin(*head, tree_, clock_.Now()).ok());
    link.Finish(*head, HttpResponse::Make(409, "text/x.tlog.size", body), clock_.Now());
    EXPECT_EQ(link.state(), WitnessState::kFailed) << body;
    EXPECT_FALSE(link.size().has_value()) << body;
  }
}

TEST_F(WitnessLinkTest, BackOffDoublesUpToItsBound) {
  WitnessLinkOptions options;
  WitnessLink link(InPolicy("http://w1.test"), options);
  const auto head = Sign(5);
  absl::Duration expected = options.backoff_initial;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(link.Begin(*head, tree_, clock_.Now()).ok());
    link.Finish(*head, absl::UnavailableError("refused"), clock_.Now());
    EXPECT_EQ(link.next_attempt(), clock_.Now() + expected);
    expected = std::min(options.backoff_max, 2 * expected);
  }
}

TEST_F(WitnessLinkTest, WitnessesThatCanNotBeAskedAreUnusable) {
  const WitnessLink link(InPolicy(""), {});
  EXPECT_FALSE(link.usable());
  EXPECT_THAT(link.error(), HasSubstr("no url"));
}

TEST_F(WitnessLinkTest, ATreeThatCanNotBeReadIsOurFailure) {
  WitnessLink link(InPolicy("http://w1.test"), {});
  link.RestoreSize(3);
  const auto head = Sign(5);
  EXPECT_FALSE(link.Begin(*head, MemoryTree(), clock_.Now()).ok());
  EXPECT_FALSE(link.busy());
  EXPECT_GT(link.next_attempt(), clock_.Now());
  EXPECT_THAT(link.error(), HasSubstr("our tree can not be read"));
}

}  // namespace
}  // namespace candor
