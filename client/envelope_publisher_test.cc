// SPDX-License-Identifier: Apache-2.0
#include "client/envelope_publisher.h"

#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/fake_http_client.h"
#include "base/http_status.h"
#include "base/random.h"
#include "client/http_log_client.h"
#include "client/receipt.h"
#include "client/retry.h"
#include "client/spool.h"
#include "client/testing.h"
#include "core/attest/dsse.h"
#include "core/attest/testing.h"
#include "core/note/tlog_proof.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

constexpr char kUrl[] = "http://log.example";
constexpr char kPurl[] = "pkg:generic/acme.example/cam@1";

class EnvelopePublisherTest : public testing::Test {
 protected:
  EnvelopePublisherTest() : policy_(world_.TestPolicy()) {
    http_.Serve(kUrl, &handler_);
    payload_ = TestWorld::ReleasePayload("artifact", kPurl);
  }

  std::string Envelope(const std::string& payload) {
    const PrivateKey* const keys[] = {&world_.log.signing};
    return FormatEnvelope(TestEnvelope(payload, keys)).value();
  }

  absl::StatusOr<Publication> Publish(const std::string& envelope) {
    PublishRequest request;
    request.envelope_json = envelope;
    request.keys = keys_;
    request.policy = with_policy_ ? &policy_ : nullptr;
    return publisher_.Publish(request, options_, [&](const absl::Status& error, absl::Duration) {
      heard_.push_back(error);
    });
  }

  TestWorld world_;
  FakeLogHandler handler_{&world_};
  FakeHttpClient http_;
  HttpLogClient log_{kUrl, &http_};
  FakeClock clock_;
  FakeSleeper sleeper_{&clock_};
  FakeRandom random_{1};
  Retrier retrier_{&clock_, &sleeper_, &random_};
  EnvelopePublisher publisher_{&log_, &clock_, &retrier_};
  RetryOptions options_;
  Policy policy_;
  bool with_policy_ = true;
  std::vector<PublicKey> keys_ = {world_.log.signing.public_key()};
  std::string payload_;
  std::vector<absl::Status> heard_;
};

TEST_F(EnvelopePublisherTest, PublishesAndChecks) {
  const auto publication = Publish(Envelope(payload_));
  ASSERT_TRUE(publication.ok()) << publication.status();
  EXPECT_EQ(publication->receipt.index, 2u);
  EXPECT_EQ(publication->receipt.tree_size, 3u);
  EXPECT_EQ(publication->receipt.origin, TestLog::kOrigin);
  EXPECT_EQ(publication->receipt.witnesses.size(), 3u);
  EXPECT_EQ(publication->receipt.logged_by, TestWorld::kTime + 1);
  EXPECT_EQ(publication->receipt.statement_id, StatementId(kInTotoPayloadType, payload_));
  EXPECT_TRUE(TlogProof::Parse(publication->proof).ok());
}

TEST_F(EnvelopePublisherTest, RepeatingDoesNotGrowTheLog) {
  const std::string envelope = Envelope(payload_);
  ASSERT_TRUE(Publish(envelope).ok());
  const auto again = Publish(envelope);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->receipt.index, 2u);
  EXPECT_EQ(world_.entries.size(), 3u);
}

TEST_F(EnvelopePublisherTest, RetriesWithTheSameBytes) {
  handler_.add_failures = {absl::UnavailableError("starting"),
                           WithRetryAfter(absl::ResourceExhaustedError("busy"), absl::Seconds(7)),
                           absl::DeadlineExceededError("slow")};
  handler_.add_before_failing = true;
  const absl::Time start = clock_.Now();
  const auto publication = Publish(Envelope(payload_));
  ASSERT_TRUE(publication.ok()) << publication.status();
  EXPECT_EQ(publication->receipt.index, 2u);
  EXPECT_EQ(world_.entries.size(), 3u);
  ASSERT_EQ(handler_.added.size(), 4u);
  for (const std::string& body : handler_.added) EXPECT_EQ(body, handler_.added[0]);
  EXPECT_EQ(heard_.size(), 3u);
  EXPECT_GE(clock_.Now() - start, absl::Seconds(7));
}

TEST_F(EnvelopePublisherTest, GivesUpAfterTheTimeout) {
  http_.FailWith(kUrl, absl::UnavailableError("connection refused"));
  options_.total = absl::Seconds(20);
  const absl::Time start = clock_.Now();
  const auto publication = Publish(Envelope(payload_));
  EXPECT_EQ(publication.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(absl::StrContains(publication.status().message(), "connection refused"));
  EXPECT_LE(clock_.Now() - start, absl::Seconds(20));
}

TEST_F(EnvelopePublisherTest, ARefusalIsFinalAndKeepsItsReason) {
  const auto outside =
      Publish(Envelope(TestWorld::ReleasePayload("artifact", "pkg:generic/other.example/x@1")));
  EXPECT_EQ(outside.status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(ReasonOf(outside.status()), "PURL_OUTSIDE_SCOPE") << outside.status();
  EXPECT_EQ(handler_.added.size(), 1u);
  EXPECT_EQ(world_.entries.size(), 2u);
}

TEST_F(EnvelopePublisherTest, TooLargeIsNotEvenSent) {
  const auto publication = Publish(std::string(kMaxEnvelopeJsonBytes + 1, '{'));
  EXPECT_EQ(ReasonOf(publication.status()), "ENVELOPE_TOO_LARGE");
  EXPECT_TRUE(handler_.added.empty());
}

TEST_F(EnvelopePublisherTest, AnAnswerThatProvesNothingIsAnError) {
  const uint64_t other = world_.Publish("other", kPurl);
  const std::string envelope = Envelope(payload_);
  const std::string good = Publish(envelope)->proof;
  TlogProof wrong_index = TlogProof::Parse(good).value();
  wrong_index.index = 0;
  TlogProof wrong_hash = TlogProof::Parse(good).value();
  wrong_hash.proof[0].data()[0] ^= 1;
  TlogProof no_entry = TlogProof::Parse(good).value();
  no_entry.extra.reset();
  const std::string unwitnessed = world_.Proof(3, 1);
  for (const std::string& answer : {std::string("hello"), world_.Proof(other), wrong_index.Format(),
                                    wrong_hash.Format(), no_entry.Format(), unwitnessed}) {
    handler_.add_answer = answer;
    const auto publication = Publish(envelope);
    EXPECT_EQ(publication.status().code(), absl::StatusCode::kDataLoss) << answer;
    EXPECT_EQ(ReasonOf(publication.status()), "RECEIPT_INVALID") << answer;
  }
  with_policy_ = false;
  EXPECT_TRUE(Publish(envelope).ok());
}

TEST_F(EnvelopePublisherTest, TheEntryMustBeSignedByTheKey) {
  const PrivateKey* const stranger[] = {&world_.log.root};
  const uint64_t index = world_.Append(TestEntry(payload_, stranger));
  handler_.add_answer = world_.Proof(index);
  EXPECT_TRUE(
      absl::StrContains(Publish(Envelope(payload_)).status().message(), "no valid signature"));
}

TEST_F(EnvelopePublisherTest, TheEntryMustHoldTheSignaturesOfAllKeys) {
  const PrivateKey* const both[] = {&world_.log.signing, &world_.log.root};
  keys_.push_back(world_.log.root.public_key());
  const std::string envelope = FormatEnvelope(TestEnvelope(payload_, both)).value();
  // It was logged before, under one of them.
  const PrivateKey* const one[] = {&world_.log.signing};
  handler_.add_answer = world_.Proof(world_.Append(TestEntry(payload_, one)));
  const absl::Status status = Publish(envelope).status();
  EXPECT_EQ(ReasonOf(status), "RECEIPT_LACKS_SIGNATURE") << status;
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(absl::StrContains(status.message(), "entry 2, which holds only some")) << status;
  EXPECT_TRUE(absl::StrContains(status.message(), keys_[1].key_hash().hex())) << status;

  const Entry entry = TestEntry(payload_, both);
  handler_.add_answer = world_.Proof(world_.Append(entry));
  EXPECT_TRUE(Publish(envelope).ok());

  for (size_t i = 0; i < 2; ++i) {
    std::vector<EntrySignature> signatures = entry.signatures();
    signatures[i].signature[5] ^= 1;
    const Entry forged = BuildEntry(entry.payload_type(), payload_, signatures, true).value();
    handler_.add_answer = world_.Proof(world_.Append(forged));
    EXPECT_EQ(ReasonOf(Publish(envelope).status()), "RECEIPT_INVALID") << i;
  }
}

TEST(SpoolTest, KeepsTheSameBytesUntilRemoved) {
  const std::string path = testing::TempDir() + "/publisher_test.dsse.json";
  std::remove(path.c_str());
  const PrivateKey key = TestKey(1, KeyAlgorithm::kEcdsaP256Sha256);
  const PrivateKey* const keys[] = {&key};
  std::string first;
  {
    Spool spool(path);
    first = spool.EnvelopeFor(kInTotoPayloadType, "payload", keys).value();
  }
  Spool spool(path);  // another run
  EXPECT_EQ(spool.EnvelopeFor(kInTotoPayloadType, "payload", keys).value(), first);

  const PrivateKey other = TestKey(2);
  const PrivateKey* const others[] = {&other};
  for (const auto& result : {spool.EnvelopeFor(kInTotoPayloadType, "another", keys),
                             spool.EnvelopeFor("text/plain", "payload", keys),
                             spool.EnvelopeFor(kInTotoPayloadType, "payload", others)}) {
    EXPECT_EQ(ReasonOf(result.status()), "SPOOL_DIFFERS");
    EXPECT_TRUE(absl::StrContains(result.status().message(), path));
  }
  EXPECT_EQ(spool.EnvelopeFor(kInTotoPayloadType, "payload", keys).value(), first);
  ASSERT_TRUE(spool.Remove().ok());
  ASSERT_TRUE(spool.Remove().ok());
  EXPECT_TRUE(spool.EnvelopeFor(kInTotoPayloadType, "another", keys).ok());
  EXPECT_TRUE(spool.Remove().ok());
}

}  // namespace
}  // namespace candor
