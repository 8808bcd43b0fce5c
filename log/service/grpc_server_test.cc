// SPDX-License-Identifier: Apache-2.0
#include "log/service/grpc_server.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/merkle/hasher.h"
#include "core/merkle/proof.h"
#include "core/note/tlog_proof.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "log/service/grpc_fixture.h"

namespace candor {
namespace {

using ::testing::HasSubstr;

TEST_F(GrpcServerTest, AddEntrySequenced) {
  log_.Fill(2);
  candor::v1::AddEntryResponse response;
  const grpc::Status status = Add(Request(1), &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.index(), 2);
  EXPECT_EQ(response.leaf_hash(), std::string(LeafHash(log_.Entry(2)).bytes()));
  EXPECT_EQ(response.statement_id().size(), 32);
  EXPECT_EQ(response.tree_size(), 3);
  EXPECT_FALSE(response.duplicate());
  EXPECT_EQ(response.tlog_proof(), "");
  EXPECT_TRUE(Add(Request(1), &response).ok());
  EXPECT_TRUE(response.duplicate());
  EXPECT_EQ(response.index(), 2);
}

TEST_F(GrpcServerTest, AddEntryPublishedInPartsWithHint) {
  log_.Fill(2);
  candor::v1::AddEntryRequest request;
  const DsseEnvelope envelope = log_.Release(1);
  request.mutable_envelope()->set_payload(envelope.payload);
  request.mutable_envelope()->set_payload_type(envelope.payload_type);
  request.mutable_envelope()->add_signatures()->set_sig(envelope.signatures[0].signature);
  request.add_key_hints(log_.keys().signing.public_key().key_hash().hex());
  request.set_wait_for(candor::v1::WAIT_FOR_PUBLISHED);
  candor::v1::AddEntryResponse response;
  const grpc::Status status = Add(request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  const auto proof = TlogProof::Parse(response.tlog_proof());
  ASSERT_TRUE(proof.ok()) << proof.status();
  EXPECT_EQ(proof->index, 2);
  EXPECT_TRUE(VerifyInclusion(LeafHash(log_.Entry(2)), 2, 3, proof->proof, log_.Root(3)).ok());
}

TEST_F(GrpcServerTest, RefusalsCarryCodeReasonAndWords) {
  log_.Fill(2);
  candor::v1::AddEntryResponse response;
  grpc::Status status = Add({}, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(DetailsOf(status).reason, "SUBMISSION_MISSING");
  EXPECT_EQ(DetailsOf(status).domain, "candor");
  EXPECT_FALSE(DetailsOf(status).has_retry);

  candor::v1::AddEntryRequest request = Request(1);
  request.set_envelope_json("{}");
  status = Add(request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_NE(DetailsOf(status).reason, "");

  const PrivateKey* const by_vendor[] = {&log_.keys().signing};
  request.set_envelope_json(
      *FormatEnvelope(TestEnvelope(TestRelease("pkg:generic/other.example/a@1"), by_vendor)));
  status = Add(request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(DetailsOf(status).reason, "PURL_OUTSIDE_SCOPE");

  request.set_envelope_json(std::string(200'000, ' '));
  status = Add(request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(DetailsOf(status).reason, "ENVELOPE_TOO_LARGE");

  // Beyond the transport's own limit.
  request.set_envelope_json(std::string(1'000'000, ' '));
  EXPECT_EQ(Add(request, &response).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(GrpcServerTest, AddThatIsNotPublishedInTimeMayBeRetried) {
  log_.Fill(2);
  log_.Publish();
  log_.witness(1).mode = log_.witness(2).mode = FakeWitness::Mode::kDown;
  candor::v1::AddEntryRequest request = Request(1);
  request.set_wait_for(candor::v1::WAIT_FOR_PUBLISHED);
  candor::v1::AddEntryResponse response;
  const grpc::Status status = Add(request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(DetailsOf(status).reason, "NOT_YET_PUBLISHED");
  EXPECT_TRUE(DetailsOf(status).has_retry);
  EXPECT_THAT(status.error_message(), HasSubstr("logged at index 2"));
  EXPECT_EQ(DetailsOf(status).metadata["index"], "2");
}

TEST_F(GrpcServerTest, ACancelledCallLeavesNothingBehind) {
  log_.Fill(2);
  log_.Publish();
  candor::v1::AddEntryRequest request = Request(1);
  request.set_wait_for(candor::v1::WAIT_FOR_PUBLISHED);
  candor::v1::AddEntryResponse response;
  grpc::ClientContext context;
  Notification done;
  grpc::Status status;
  stub_->async()->AddEntry(&context, &request, &response, [&](grpc::Status result) {
    status = std::move(result);
    done.Notify();
  });
  context.TryCancel();
  done.Wait();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(GrpcServerTest, GetCheckpoint) {
  candor::v1::GetCheckpointResponse response;
  {
    grpc::ClientContext context;
    const grpc::Status status = stub_->GetCheckpoint(&context, {}, &response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
    EXPECT_EQ(DetailsOf(status).reason, "NOT_PUBLISHED");
  }
  log_.Fill(1);
  log_.Publish();
  grpc::ClientContext context;
  ASSERT_TRUE(stub_->GetCheckpoint(&context, {}, &response).ok());
  EXPECT_EQ(response.checkpoint(), log_.publisher().published()->note);
}

TEST_F(GrpcServerTest, GetInclusionProof) {
  log_.Fill(5);
  log_.Publish();
  candor::v1::GetInclusionProofRequest request;
  candor::v1::GetInclusionProofResponse response;
  request.set_leaf_hash(std::string(LeafHash(log_.Entry(3)).bytes()));
  grpc::ClientContext context;
  ASSERT_TRUE(stub_->GetInclusionProof(&context, request, &response).ok());
  EXPECT_EQ(response.index(), 3);
  EXPECT_EQ(response.tree_size(), 5);
  std::vector<Hash> proof;
  for (const std::string& hash : response.hashes()) proof.push_back(*Hash::FromBytes(hash));
  EXPECT_TRUE(VerifyInclusion(LeafHash(log_.Entry(3)), 3, 5, proof, log_.Root(5)).ok());
  EXPECT_EQ(response.checkpoint(), log_.publisher().published()->note);

  request.set_index(5);
  grpc::ClientContext beyond;
  EXPECT_EQ(DetailsOf(stub_->GetInclusionProof(&beyond, request, &response)).reason,
            "ENTRY_NOT_FOUND");
  request.clear_entry();
  grpc::ClientContext missing;
  EXPECT_EQ(DetailsOf(stub_->GetInclusionProof(&missing, request, &response)).reason,
            "ENTRY_NOT_NAMED");
}

TEST_F(GrpcServerTest, GetConsistencyProof) {
  log_.Fill(3);
  log_.Publish();
  log_.Fill(7);
  log_.Publish();
  candor::v1::GetConsistencyProofRequest request;
  candor::v1::GetConsistencyProofResponse response;
  request.set_old_size(3);
  grpc::ClientContext context;
  ASSERT_TRUE(stub_->GetConsistencyProof(&context, request, &response).ok());
  EXPECT_EQ(response.new_size(), 7);
  std::vector<Hash> proof;
  for (const std::string& hash : response.hashes()) proof.push_back(*Hash::FromBytes(hash));
  EXPECT_TRUE(VerifyConsistency(3, 7, log_.Root(3), log_.Root(7), proof).ok());

  request.set_new_size(5);
  grpc::ClientContext unpublished;
  EXPECT_EQ(DetailsOf(stub_->GetConsistencyProof(&unpublished, request, &response)).reason,
            "SIZE_NOT_PUBLISHED");
}

TEST_F(GrpcServerTest, GetEntry) {
  log_.Fill(3);
  log_.Publish();
  candor::v1::GetEntryRequest request;
  candor::v1::GetEntryResponse response;
  request.set_index(2);
  grpc::ClientContext context;
  ASSERT_TRUE(stub_->GetEntry(&context, request, &response).ok());
  EXPECT_EQ(response.entry(), log_.Entry(2));
  request.set_statement_id("short");
  grpc::ClientContext bad;
  EXPECT_EQ(DetailsOf(stub_->GetEntry(&bad, request, &response)).reason, "HASH_INVALID");
}

TEST_F(GrpcServerTest, ReadEntriesStreamsRangesInOrder) {
  log_.Fill(1500);
  log_.Publish();
  struct Case {
    uint64_t start, limit, first, count;
  };
  for (const Case& test : {Case{0, 0, 0, 1500}, Case{1490, 100, 1490, 10}, Case{3, 4, 3, 4},
                           Case{1500, 0, 1500, 0}, Case{0, 1025, 0, 1025}}) {
    candor::v1::ReadEntriesRequest request;
    request.set_start(test.start);
    request.set_limit(test.limit);
    grpc::ClientContext context;
    auto reader = stub_->ReadEntries(&context, request);
    candor::v1::ReadEntriesResponse response;
    uint64_t next = test.first;
    while (reader->Read(&response)) {
      EXPECT_EQ(response.start(), next);
      EXPECT_EQ(response.tree_size(), 1500);
      EXPECT_LE(response.entries_size(), 1024);
      for (const std::string& entry : response.entries()) {
        EXPECT_EQ(entry, log_.Entry(next));
        ++next;
      }
    }
    EXPECT_TRUE(reader->Finish().ok());
    EXPECT_EQ(next - test.first, test.count);
  }
  candor::v1::ReadEntriesRequest request;
  request.set_start(1501);
  grpc::ClientContext context;
  auto reader = stub_->ReadEntries(&context, request);
  candor::v1::ReadEntriesResponse response;
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_EQ(DetailsOf(reader->Finish()).reason, "INDEX_OUT_OF_RANGE");
}

TEST_F(GrpcServerTest, AReaderThatGoesAwayEndsItsStream) {
  log_.Fill(1500);
  log_.Publish();
  grpc::ClientContext context;
  auto reader = stub_->ReadEntries(&context, {});
  candor::v1::ReadEntriesResponse response;
  ASSERT_TRUE(reader->Read(&response));
  context.TryCancel();
  while (reader->Read(&response)) {
  }
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

class BusyGrpcServerTest : public GrpcServerTest {
 protected:
  BusyGrpcServerTest() : GrpcServerTest({}, Small()) {}
  static SequencerOptions Small() {
    SequencerOptions sequencing;
    sequencing.max_unpublished_entries = 2;
    return sequencing;
  }
};

TEST_F(BusyGrpcServerTest, AFullBacklogIsResourceExhaustedWithARetryDelay) {
  log_.Fill(2);
  candor::v1::AddEntryResponse response;
  grpc::Status status;
  for (uint64_t i = 0; i < 4 && status.ok(); ++i) {
    grpc::ClientContext context;
    status = stub_->AddEntry(&context, Request(i), &response);
  }
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(DetailsOf(status).reason, "UNPUBLISHED_BACKLOG");
  EXPECT_TRUE(DetailsOf(status).has_retry);
}

}  // namespace
}  // namespace candor
