// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>

#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/mutex.h"
#include "gtest/gtest.h"
#include "log/service/grpc_server.h"
#include "log/service/testing.h"
#include "proto/candor/v1/log.grpc.pb.h"
#include "proto/google/rpc/status.pb.h"

namespace candor {

// For tests only: a log in memory behind a gRPC server on loopback, and a stub.

struct ErrorDetails {
  std::string reason;
  std::string domain;
  bool has_retry = false;
  std::map<std::string, std::string> metadata;
};

inline ErrorDetails DetailsOf(const grpc::Status& status) {
  ErrorDetails details;
  google::rpc::Status wire;
  EXPECT_TRUE(wire.ParseFromString(status.error_details()));
  EXPECT_EQ(wire.code(), status.error_code());
  EXPECT_EQ(wire.message(), status.error_message());
  for (const google::protobuf::Any& any : wire.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::RetryInfo retry;
    if (any.UnpackTo(&info)) {
      details.reason = info.reason();
      details.domain = info.domain();
      details.metadata = {info.metadata().begin(), info.metadata().end()};
    } else if (any.UnpackTo(&retry)) {
      details.has_retry = true;
      EXPECT_GT(retry.retry_delay().seconds() + retry.retry_delay().nanos(), 0);
    }
  }
  return details;
}

class GrpcServerTest : public ::testing::Test {
 protected:
  explicit GrpcServerTest(LogServiceOptions options = {}, SequencerOptions sequencing = {})
      : GrpcServerTest(options, sequencing, WithoutTimers()) {}
  GrpcServerTest(LogServiceOptions options, SequencerOptions sequencing, GrpcServerOptions server)
      : log_(options, sequencing) {
    auto started = GrpcServer::Start(&log_.service(), server);
    EXPECT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
    channel_ = grpc::CreateChannel(absl::StrCat("127.0.0.1:", server_->port()),
                                   grpc::InsecureChannelCredentials());
    stub_ = candor::v1::LogService::NewStub(channel_);
  }
  ~GrpcServerTest() override { server_->Stop(absl::ZeroDuration()); }

  static GrpcServerOptions WithoutTimers() {
    GrpcServerOptions options;
    options.health_interval = absl::ZeroDuration();
    return options;
  }

  // Adds while the log publishes.
  grpc::Status Add(const candor::v1::AddEntryRequest& request,
                   candor::v1::AddEntryResponse* response) {
    Notification done;
    grpc::Status status;
    std::thread call([&] {
      grpc::ClientContext context;
      status = stub_->AddEntry(&context, request, response);
      done.Notify();
    });
    while (!done.WaitFor(absl::Milliseconds(1))) log_.Publish();
    call.join();
    return status;
  }

  candor::v1::AddEntryRequest Request(uint64_t number) {
    candor::v1::AddEntryRequest request;
    request.set_envelope_json(log_.ReleaseJson(number));
    return request;
  }

  ServiceUnderTest log_;
  std::unique_ptr<GrpcServer> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<candor::v1::LogService::Stub> stub_;
};

}  // namespace candor
