// SPDX-License-Identifier: Apache-2.0
#include "log/service/log_service.h"

#include <string>
#include <utility>
#include <vector>

#include "base/http_status.h"
#include "base/mutex.h"
#include "core/attest/entry.h"
#include "core/attest/predicates.h"
#include "core/attest/registry_entries.h"
#include "core/attest/testing.h"
#include "core/crypto/private_key.h"
#include "core/merkle/hasher.h"
#include "core/merkle/proof.h"
#include "core/note/tlog_proof.h"
#include "core/util/error_metadata.h"
#include "core/util/reason.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "log/service/participant_limiter.h"
#include "log/service/testing.h"

namespace candor {
namespace {

using ::testing::HasSubstr;

AddSubmission Submission(DsseEnvelope envelope, bool wait_published = false) {
  AddSubmission submission;
  submission.envelope = std::move(envelope);
  submission.wait_published = wait_published;
  return submission;
}

AddSubmission Json(std::string json) {
  AddSubmission submission;
  submission.envelope = std::move(json);
  return submission;
}

TEST(LogServiceTest, AnAddIsSequencedAndReadableOncePublished) {
  ServiceUnderTest log;
  log.Fill(2);
  const auto answer = log.Add(Submission(log.Release(1)));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->result.index, 2);
  EXPECT_FALSE(answer->result.duplicate);
  EXPECT_EQ(answer->result.tree_size, 3);
  EXPECT_TRUE(answer->tlog_proof.empty());
  EXPECT_EQ(ReasonOf(log.service().queries().GetEntry(ByIndex{2}).status()), "NOT_PUBLISHED");
  log.Publish();
  const auto entry = log.service().queries().GetEntry(ByIndex{2});
  ASSERT_TRUE(entry.ok()) << entry.status();
  EXPECT_EQ(LeafHash(entry->entry), answer->result.leaf_hash);
  EXPECT_TRUE(DecodeEntry(entry->entry).ok());
}

TEST(LogServiceTest, TheProofOfAPublishedAddVerifiesAlone) {
  ServiceUnderTest log;
  log.Fill(7);
  const auto answer = log.AddAndPublish(Submission(log.Release(1), true));
  ASSERT_TRUE(answer.ok()) << answer.status();
  const auto proof = TlogProof::Parse(answer->tlog_proof);
  ASSERT_TRUE(proof.ok()) << proof.status();
  EXPECT_EQ(proof->index, 7);
  EXPECT_EQ(proof->checkpoint, log.publisher().published()->note);
  ASSERT_TRUE(proof->extra.has_value());
  EXPECT_EQ(proof->extra->front(), '\x01');
  const std::string entry = proof->extra->substr(1);
  EXPECT_EQ(entry, log.Entry(7));
  EXPECT_TRUE(VerifyInclusion(LeafHash(entry), 7, 8, proof->proof, log.Root(8)).ok());
}

TEST(LogServiceTest, ARetryGetsTheSameEntryAndAProof) {
  ServiceUnderTest log;
  log.Fill(2);
  const auto first = log.AddAndPublish(Submission(log.Release(1), true));
  ASSERT_TRUE(first.ok()) << first.status();
  log.Fill(9);
  log.Publish();
  const auto again = log.AddAndPublish(Submission(log.Release(1), true));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(again->result.duplicate);
  EXPECT_EQ(again->result.index, 2);
  const auto proof = TlogProof::Parse(again->tlog_proof);
  ASSERT_TRUE(proof.ok());
  EXPECT_TRUE(VerifyInclusion(first->result.leaf_hash, 2, 9, proof->proof, log.Root(9)).ok());
}

TEST(LogServiceTest, AnAddThatIsNotPublishedInTimeSaysThatItIsLogged) {
  ServiceUnderTest log;
  log.Fill(2);
  log.Publish();
  log.witness(1).mode = log.witness(2).mode = FakeWitness::Mode::kDown;
  AddSubmission submission = Submission(log.Release(1), true);
  submission.deadline = log.clock().Now() + absl::Seconds(5);
  const auto answer = log.AddAndPublish(std::move(submission));
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(answer.status()), "NOT_YET_PUBLISHED");
  EXPECT_THAT(std::string(answer.status().message()), HasSubstr("logged at index 2"));
  EXPECT_THAT(std::string(answer.status().message()), HasSubstr("a retry is safe"));
  EXPECT_TRUE(RetryAfterOf(answer.status()).has_value());
  const auto metadata = MetadataOf(answer.status());
  EXPECT_EQ(metadata.at("index"), "2");
  EXPECT_EQ(metadata.at("leafHash"), LeafHash(log.Entry(2)).hex());
  EXPECT_EQ(metadata.at("statementId"), DecodeEntry(log.Entry(2))->statement_id().hex());
}

LogServiceOptions Limited(double rate, double burst) {
  LogServiceOptions options;
  options.add.participant_limit = {.rate = rate, .burst = burst};
  return options;
}

// A second vendor with a key of its own.
DsseEnvelope Enrolment(const TestLog& keys, const PrivateKey& root, const PrivateKey& signing) {
  const ParticipantKeyset keyset =
      keys.Keyset("other.example", root, signing, Role::kVendor,
                  TestScope({std::string(kReleaseType)}, {"pkg:generic/other.example/"}));
  const PrivateKey* const all[] = {&root, &signing, &keys.registrar};
  return TestEnvelope(BuildParticipantKeysetStatement(keyset).value(), all);
}

TEST(LogServiceTest, AParticipantOverItsRateIsToldToWait) {
  ServiceUnderTest log(Limited(1, 3));
  log.Fill(2);  // entries of the registry take no token
  for (uint64_t i = 1; i <= 3; ++i) {
    const auto answer = log.Add(Submission(log.Release(i)));
    ASSERT_TRUE(answer.ok()) << answer.status();
  }
  const auto refused = log.Add(Submission(log.Release(4)));
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(refused.status()), kParticipantRateLimit);
  EXPECT_EQ(RetryAfterOf(refused.status()), absl::Seconds(1));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("acme.example"));
  EXPECT_EQ(log.sequencer().stats().tree_size, 5);
  EXPECT_THAT(log.service().ExposeMetrics(),
              HasSubstr("candor_adds_total{result=\"rate_limited\"} 1"));
  EXPECT_THAT(log.service().ExposeMetrics(), HasSubstr("candor_rate_limit_buckets 1"));

  log.clock().Advance(absl::Seconds(1));
  EXPECT_TRUE(log.Add(Submission(log.Release(4))).ok());
  EXPECT_EQ(ReasonOf(log.Add(Submission(log.Release(5))).status()), kParticipantRateLimit);
}

TEST(LogServiceTest, RetriesTakeNoTokenAndAreAnsweredWithoutOne) {
  ServiceUnderTest log(Limited(1, 2));
  log.Fill(2);
  ASSERT_TRUE(log.Add(Submission(log.Release(1))).ok());
  for (int i = 0; i < 5; ++i) {
    const auto again = log.Add(Submission(log.Release(1)));
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_TRUE(again->result.duplicate);
  }
  ASSERT_TRUE(log.Add(Submission(log.Release(2))).ok());
  EXPECT_EQ(ReasonOf(log.Add(Submission(log.Release(3))).status()), kParticipantRateLimit);
  const auto empty_handed = log.Add(Submission(log.Release(1)));
  ASSERT_TRUE(empty_handed.ok()) << empty_handed.status();
  EXPECT_EQ(empty_handed->result.index, 2);
}

TEST(LogServiceTest, WhatIsNotLoggedTakesNoToken) {
  ServiceUnderTest log(Limited(1, 1));
  log.Fill(2);
  const PrivateKey* const by_vendor[] = {&log.keys().signing};
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(ReasonOf(log.Add(Submission(TestEnvelope(
                                   TestRelease("pkg:generic/other.example/cam@1"), by_vendor)))
                           .status()),
              "PURL_OUTSIDE_SCOPE");
  }
  log.sequencer().Block(Refuse(absl::StatusCode::kUnavailable, "BLOCKED", "blocked"));
  EXPECT_EQ(ReasonOf(log.Add(Submission(log.Release(1))).status()), "BLOCKED");
  log.sequencer().Block(absl::OkStatus());
  EXPECT_TRUE(log.Add(Submission(log.Release(1))).ok());
}

TEST(LogServiceTest, OneParticipantsRateIsNotAnothers) {
  ServiceUnderTest log(Limited(1, 1));
  log.Fill(2);
  const PrivateKey root = TestKey(50);
  const PrivateKey signing = TestKey(51);
  const auto enrolled = log.Add(Submission(Enrolment(log.keys(), root, signing)));
  ASSERT_TRUE(enrolled.ok()) << enrolled.status();
  ASSERT_TRUE(log.Add(Submission(log.Release(1))).ok());
  EXPECT_EQ(ReasonOf(log.Add(Submission(log.Release(2))).status()), kParticipantRateLimit);
  const PrivateKey* const by_other[] = {&signing};
  const auto other =
      log.Add(Submission(TestEnvelope(TestRelease("pkg:generic/other.example/cam@1"), by_other)));
  EXPECT_TRUE(other.ok()) << other.status();
}

TEST(LogServiceTest, RefusalsNameTheirReasonAndLogNothing) {
  ServiceUnderTest log;
  log.Fill(2);
  const PrivateKey stranger = TestKey(99);
  const PrivateKey* const by_stranger[] = {&stranger};
  const PrivateKey* const by_vendor[] = {&log.keys().signing};
  DsseEnvelope broken = log.Release(1);
  broken.signatures[0].signature[5] ^= 1;
  DsseEnvelope too_large = log.Release(1);
  too_large.payload = std::string(kMaxEnvelopeBytes, 'x');
  struct Case {
    AddSubmission submission;
    absl::StatusCode code;
    std::string reason;
  };
  std::vector<Case> cases;
  const auto add = [&](AddSubmission submission, absl::StatusCode code, std::string reason) {
    cases.push_back({std::move(submission), code, std::move(reason)});
  };
  add(Submission(TestEnvelope(TestRelease("pkg:generic/acme.example/cam@1"), by_stranger)),
      absl::StatusCode::kPermissionDenied, "");
  add(Submission(TestEnvelope(TestRelease("pkg:generic/other.example/cam@1"), by_vendor)),
      absl::StatusCode::kPermissionDenied, "PURL_OUTSIDE_SCOPE");
  add(Submission(broken), absl::StatusCode::kPermissionDenied, "SIGNATURE_INVALID");
  add(Submission(too_large), absl::StatusCode::kInvalidArgument, "ENVELOPE_TOO_LARGE");
  add(Submission(DsseEnvelope{}), absl::StatusCode::kInvalidArgument, "");
  add(Json(""), absl::StatusCode::kInvalidArgument, "");
  add(Json("{"), absl::StatusCode::kInvalidArgument, "");
  add(Json("[]"), absl::StatusCode::kInvalidArgument, "");
  add(Json(std::string(kMaxEnvelopeBytes + 1, ' ')), absl::StatusCode::kInvalidArgument,
      "ENVELOPE_TOO_LARGE");
  add(Json(log.ReleaseJson(1) + "x"), absl::StatusCode::kInvalidArgument, "");
  add(Json("\xff" + log.ReleaseJson(1)), absl::StatusCode::kInvalidArgument, "");
  for (size_t i = 0; i < cases.size(); ++i) {
    SCOPED_TRACE(i);
    const auto answer = log.Add(std::move(cases[i].submission));
    EXPECT_EQ(answer.status().code(), cases[i].code) << answer.status();
    EXPECT_FALSE(ReasonOf(answer.status()).empty());
    if (!cases[i].reason.empty()) {
      EXPECT_EQ(ReasonOf(answer.status()), cases[i].reason);
    }
    EXPECT_FALSE(answer.status().message().empty());
  }
  EXPECT_EQ(log.sequencer().stats().tree_size, 2);
}

TEST(LogServiceTest, TheUnpublishedBacklogIsBounded) {
  SequencerOptions sequencing;
  sequencing.max_unpublished_entries = 4;
  ServiceUnderTest log({}, sequencing);
  log.Fill(4);
  absl::Status refused;
  for (int i = 0; i < 3 && refused.ok(); ++i)
    refused = log.Add(Submission(log.Release(i))).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(refused), "UNPUBLISHED_BACKLOG");
  EXPECT_TRUE(RetryAfterOf(refused).has_value());
  log.Publish();
  EXPECT_TRUE(log.Add(Submission(log.Release(100))).ok());
}

TEST(LogServiceTest, QueuesAreBounded) {
  LogServiceOptions options;
  options.add.max_queued_bytes = 100;
  ServiceUnderTest log(options);
  const auto answer = log.Add(Submission(log.Release(1)));
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(answer.status()), "QUEUE_FULL");
  EXPECT_TRUE(RetryAfterOf(answer.status()).has_value());
}

TEST(LogServiceTest, AnAddPastItsDeadlineIsNotVerified) {
  ServiceUnderTest log;
  log.Fill(2);
  AddSubmission submission = Submission(log.Release(1));
  submission.deadline = log.clock().Now();
  EXPECT_EQ(ReasonOf(log.Add(std::move(submission)).status()), "DEADLINE_EXCEEDED");
}

TEST(LogServiceTest, ACancelledWaitIsAnsweredAtOnce) {
  ServiceUnderTest log;
  log.Fill(2);
  Notification done;
  absl::Status status;
  const auto call =
      log.service().Add(Submission(log.Release(1), true), [&](absl::StatusOr<AddAnswer> answer) {
        status = answer.status();
        done.Notify();
      });
  call->Cancel();
  done.Wait();
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
}

TEST(LogServiceTest, ADrainingServiceTakesNothing) {
  ServiceUnderTest log;
  log.Fill(2);
  log.Publish();
  EXPECT_TRUE(log.service().CheckReadiness().ready);
  log.service().BeginDrain();
  EXPECT_FALSE(log.service().CheckReadiness().ready);
  const auto answer = log.Add(Submission(log.Release(1)));
  EXPECT_EQ(ReasonOf(answer.status()), "SHUTTING_DOWN");
  EXPECT_TRUE(log.service().queries().GetEntry(ByIndex{1}).ok());
}

TEST(LogServiceTest, ReadinessFollowsTheQuorum) {
  ServiceUnderTest log;
  EXPECT_FALSE(log.service().CheckReadiness().ready);
  log.Fill(2);
  log.Publish();
  EXPECT_TRUE(log.service().CheckReadiness().ready);
  log.witness(1).mode = log.witness(2).mode = FakeWitness::Mode::kDown;
  log.Fill(3);
  log.Publish();
  const Readiness readiness = log.service().CheckReadiness();
  EXPECT_FALSE(readiness.ready);
  EXPECT_THAT(readiness.problem, HasSubstr("only 1 of 3 witnesses answered; the policy needs 2"));
  log.witness(1).mode = FakeWitness::Mode::kHonest;
  log.clock().Advance(absl::Minutes(1));
  log.Publish();
  EXPECT_TRUE(log.service().CheckReadiness().ready);
}

TEST(LogServiceTest, ProofsAtEveryPublishedSize) {
  ServiceUnderTest log;
  std::vector<uint64_t> sizes;
  for (uint64_t size = 1; size < 40; size += 3) {
    log.Fill(size);
    log.Publish();
    sizes.push_back(size);
  }
  const LogQueries& queries = log.service().queries();
  for (const uint64_t size : sizes) {
    for (uint64_t index = 0; index < size; ++index) {
      const auto answer = queries.GetInclusionProof(ByIndex{index}, size);
      ASSERT_TRUE(answer.ok()) << answer.status();
      EXPECT_TRUE(
          VerifyInclusion(answer->leaf_hash, index, size, answer->proof, log.Root(size)).ok());
      EXPECT_EQ(answer->checkpoint.empty(), size != sizes.back());
    }
    for (uint64_t old_size = 0; old_size <= size; ++old_size) {
      const auto answer = queries.GetConsistencyProof(old_size, size);
      ASSERT_TRUE(answer.ok()) << answer.status();
      EXPECT_TRUE(
          VerifyConsistency(old_size, size, log.Root(old_size), log.Root(size), answer->proof)
              .ok());
    }
  }
  EXPECT_EQ(queries.GetInclusionProof(ByIndex{0}, 0)->tree_size, sizes.back());
  EXPECT_EQ(queries.GetConsistencyProof(4, 0)->new_size, sizes.back());
}

TEST(LogServiceTest, EntriesAreFoundByEveryName) {
  ServiceUnderTest log;
  log.Fill(5);
  log.Publish();
  const LogQueries& queries = log.service().queries();
  for (uint64_t index = 0; index < 5; ++index) {
    const std::string entry = log.Entry(index);
    const auto by_leaf = queries.GetEntry(ByLeafHash{LeafHash(entry)});
    ASSERT_TRUE(by_leaf.ok()) << by_leaf.status();
    EXPECT_EQ(by_leaf->index, index);
    const auto by_statement =
        queries.GetInclusionProof(ByStatementId{DecodeEntry(entry)->statement_id()}, 0);
    ASSERT_TRUE(by_statement.ok()) << by_statement.status();
    EXPECT_EQ(by_statement->index, index);
  }
}

TEST(LogServiceTest, NothingBeyondThePublishedTreeIsShown) {
  ServiceUnderTest log;
  log.Fill(5);
  log.Publish();
  log.Fill(8);
  const LogQueries& queries = log.service().queries();
  const auto reason = [](const auto& result) { return ReasonOf(result.status()); };
  EXPECT_EQ(reason(queries.GetEntry(ByIndex{8})), "ENTRY_NOT_FOUND");
  EXPECT_EQ(reason(queries.GetEntry(ByIndex{UINT64_MAX})), "ENTRY_NOT_FOUND");
  EXPECT_EQ(reason(queries.GetEntry(ByStatementId{Hash()})), "ENTRY_NOT_FOUND");
  EXPECT_EQ(reason(queries.GetInclusionProof(ByIndex{1}, 4)), "SIZE_NOT_PUBLISHED");
  EXPECT_EQ(reason(queries.GetInclusionProof(ByIndex{1}, 8)), "SIZE_NOT_PUBLISHED");
  EXPECT_EQ(reason(queries.GetConsistencyProof(1, 8)), "SIZE_NOT_PUBLISHED");
  EXPECT_EQ(reason(queries.GetConsistencyProof(6, 5)), "SIZE_OUT_OF_RANGE");
  EXPECT_EQ(reason(queries.BoundsOfRange(6, 0)), "INDEX_OUT_OF_RANGE");
  EXPECT_EQ(queries.BoundsOfRange(5, 0)->end, 5);
  EXPECT_EQ(queries.BoundsOfRange(1, 0)->end, 5);
  EXPECT_EQ(queries.BoundsOfRange(1, 2)->end, 3);
  EXPECT_EQ(queries.BoundsOfRange(1, UINT64_MAX)->end, 5);
}

TEST(LogServiceTest, WhatIsSequencedOnlyIsToldFromWhatDoesNotExist) {
  ServiceUnderTest log;
  log.Fill(5);
  log.Publish();
  log.Fill(8);
  const LogQueries& queries = log.service().queries();
  const ByLeafHash leaf{LeafHash(log.Entry(6))};
  const ByStatementId statement{DecodeEntry(log.Entry(6))->statement_id()};
  for (const EntrySelector& selector :
       {EntrySelector(ByIndex{6}), EntrySelector(leaf), EntrySelector(statement)}) {
    for (const absl::Status& status :
         {queries.GetEntry(selector).status(), queries.GetInclusionProof(selector, 0).status()}) {
      EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
      EXPECT_EQ(ReasonOf(status), "NOT_YET_PUBLISHED");
      EXPECT_EQ(MetadataOf(status).at("index"), "6");
      EXPECT_TRUE(RetryAfterOf(status).has_value());
    }
    // In a tree that was asked for by its size it will never be.
    EXPECT_EQ(ReasonOf(queries.GetInclusionProof(selector, 5).status()), "ENTRY_NOT_FOUND");
  }
  const absl::Status size = queries.GetConsistencyProof(1, 7).status();
  EXPECT_EQ(MetadataOf(size).at("publishedSize"), "5");
  log.Publish();
  EXPECT_EQ(queries.GetInclusionProof(leaf, 0)->index, 6);
}

}  // namespace
}  // namespace candor
