// SPDX-License-Identifier: Apache-2.0
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/util/reason.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "log/service/grpc_fixture.h"
#include "log/service/grpc_server.h"

namespace candor {
namespace {

using ::testing::HasSubstr;

// Calls a method whose messages are not compiled in.
grpc::Status RawUnary(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                      const std::string& request, std::string* response) {
  grpc::GenericStub stub(channel);
  grpc::Slice slice(request);
  grpc::ByteBuffer out(&slice, 1);
  grpc::ByteBuffer in;
  grpc::ClientContext context;
  Notification done;
  grpc::Status status;
  stub.UnaryCall(&context, method, {}, &out, &in, [&](grpc::Status result) {
    status = std::move(result);
    done.Notify();
  });
  done.Wait();
  std::vector<grpc::Slice> slices;
  response->clear();
  if (status.ok() && in.Dump(&slices).ok()) {
    for (const grpc::Slice& part : slices) {
      response->append(reinterpret_cast<const char*>(part.begin()), part.size());
    }
  }
  return status;
}

using GrpcStandardServicesTest = GrpcServerTest;

TEST_F(GrpcStandardServicesTest, HealthFollowsReadiness) {
  // HealthCheckRequest{service} and HealthCheckResponse{status}: 1 serving, 2 not serving.
  const std::string kMethod = "/grpc.health.v1.Health/Check";
  const std::string kService =
      "\x0a\x14"
      "candor.v1.LogService";
  std::string response;
  for (const std::string& request : {std::string(), kService}) {
    ASSERT_TRUE(RawUnary(channel_, kMethod, request, &response).ok());
    EXPECT_EQ(response, "\x08\x02");
  }
  log_.Fill(1);
  log_.Publish();
  server_->RefreshHealth();
  for (const std::string& request : {std::string(), kService}) {
    ASSERT_TRUE(RawUnary(channel_, kMethod, request, &response).ok());
    EXPECT_EQ(response, "\x08\x01");
  }
  EXPECT_EQ(RawUnary(channel_, kMethod, "\x0a\x04none", &response).error_code(),
            grpc::StatusCode::NOT_FOUND);
}

TEST_F(GrpcStandardServicesTest, ReflectionListsTheService) {
  grpc::GenericStub stub(channel_);
  grpc::ClientContext context;
  // ServerReflectionRequest{list_services: ""}.
  const std::string request("\x3a\x00", 2);
  struct Reactor : grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
    void OnReadDone(bool ok) override {
      got = ok;
      StartWritesDone();
    }
    void OnDone(const grpc::Status& result) override {
      status = result;
      done.Notify();
    }
    grpc::ByteBuffer out, in;
    bool got = false;
    grpc::Status status;
    Notification done;
  } reactor;
  grpc::Slice slice(request);
  reactor.out = grpc::ByteBuffer(&slice, 1);
  stub.PrepareBidiStreamingCall(
      &context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", {}, &reactor);
  reactor.StartWrite(&reactor.out);
  reactor.StartRead(&reactor.in);
  reactor.StartCall();
  reactor.done.Wait();
  ASSERT_TRUE(reactor.got) << reactor.status.error_message();
  std::vector<grpc::Slice> slices;
  ASSERT_TRUE(reactor.in.Dump(&slices).ok());
  std::string text;
  for (const grpc::Slice& part : slices) {
    text.append(reinterpret_cast<const char*>(part.begin()), part.size());
  }
  EXPECT_THAT(text, HasSubstr("candor.v1.LogService"));
  EXPECT_THAT(text, HasSubstr("grpc.health.v1.Health"));
}

TEST_F(GrpcStandardServicesTest, ATakenPortIsAnError) {
  GrpcServerOptions options;
  options.port = server_->port();
  const auto second = GrpcServer::Start(&log_.service(), options);
  EXPECT_EQ(ReasonOf(second.status()), "CANNOT_LISTEN");
}

TEST_F(GrpcStandardServicesTest, BadTlsFilesAreAnError) {
  GrpcServerOptions options;
  options.tls_certificate_pem = "no certificate";
  options.tls_private_key_pem = "no key";
  EXPECT_FALSE(GrpcServer::Start(&log_.service(), options).ok());
}

}  // namespace
}  // namespace candor
