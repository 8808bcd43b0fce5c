// SPDX-License-Identifier: Apache-2.0
#include "client/grpc_log_client.h"

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/http_status.h"
#include "client/log_client.h"
#include "core/util/error_metadata.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"
#include "proto/candor/v1/log.grpc.pb.h"
#include "proto/google/rpc/status.pb.h"

namespace candor {
namespace {

// Answers what it is told to.
class FakeService final : public v1::LogService::Service {
 public:
  grpc::Status AddEntry(grpc::ServerContext*, const v1::AddEntryRequest* request,
                        v1::AddEntryResponse* response) override {
    envelope = request->envelope_json();
    wait_for = request->wait_for();
    response->set_tlog_proof(proof);
    return status;
  }
  grpc::Status GetCheckpoint(grpc::ServerContext* context, const v1::GetCheckpointRequest*,
                             v1::GetCheckpointResponse* response) override {
    while (hang && !context->IsCancelled()) {
    }
    response->set_checkpoint("a checkpoint");
    return grpc::Status::OK;
  }
  grpc::Status GetEntry(grpc::ServerContext*, const v1::GetEntryRequest* request,
                        v1::GetEntryResponse* response) override {
    response->set_entry(absl::StrCat("entry ", request->index()));
    return grpc::Status::OK;
  }

  grpc::Status status;
  std::string proof = "a proof";
  std::string envelope;
  v1::WaitFor wait_for = v1::WAIT_FOR_UNSPECIFIED;
  bool hang = false;
};

class GrpcLogClientTest : public testing::Test {
 protected:
  GrpcLogClientTest() {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    client_ = NewGrpcLogClient(absl::StrCat("grpc://127.0.0.1:", port)).value();
  }

  absl::StatusOr<std::string> Add() { return client_->Add("{}", absl::Seconds(20)); }

  FakeService service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<LogClient> client_;
};

TEST_F(GrpcLogClientTest, Calls) {
  EXPECT_EQ(Add().value(), "a proof");
  EXPECT_EQ(service_.envelope, "{}");
  EXPECT_EQ(service_.wait_for, v1::WAIT_FOR_PUBLISHED);
  EXPECT_EQ(client_->GetCheckpoint(absl::Seconds(20)).value(), "a checkpoint");
  EXPECT_EQ(client_->GetEntry(7, absl::Seconds(20)).value(), "entry 7");
}

TEST_F(GrpcLogClientTest, ErrorsKeepCodeReasonAndDelay) {
  google::rpc::ErrorInfo info;
  info.set_reason("QUEUE_FULL");
  info.set_domain("candor");
  (*info.mutable_metadata())["index"] = "7";
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(3);
  google::rpc::Status details;
  details.add_details()->PackFrom(info);
  details.add_details()->PackFrom(retry);
  service_.status = grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "the queue is full",
                                 details.SerializeAsString());
  const absl::Status status = Add().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(status), "QUEUE_FULL");
  EXPECT_EQ(RetryAfterOf(status), absl::Seconds(3));
  EXPECT_EQ(MetadataOf(status).at("index"), "7");
  EXPECT_TRUE(absl::StrContains(status.message(), "the queue is full"));
}

TEST_F(GrpcLogClientTest, ErrorsWithoutDetails) {
  service_.status = grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "no", "not a message");
  const absl::Status status = Add().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(ReasonOf(status), "");
}

TEST_F(GrpcLogClientTest, AnswersAreBounded) {
  for (const size_t size : {size_t{0}, size_t{300 * 1024}}) {
    service_.proof = std::string(size, 'x');
    EXPECT_EQ(ReasonOf(Add().status()), "RESPONSE_MALFORMED");
  }
  service_.proof = std::string(2 * 1024 * 1024, 'x');
  EXPECT_EQ(Add().status().code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(GrpcLogClientTest, TheTimeoutEndsACall) {
  service_.hang = true;
  EXPECT_EQ(client_->GetCheckpoint(absl::Milliseconds(50)).status().code(),
            absl::StatusCode::kDeadlineExceeded);
}

TEST_F(GrpcLogClientTest, AServerThatIsGone) {
  server_->Shutdown();
  EXPECT_EQ(Add().status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace candor
