// SPDX-License-Identifier: Apache-2.0
#include "log/service/reflection_service.h"

#include <google/protobuf/descriptor.pb.h>

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "log/service/grpc_fixture.h"

namespace candor {
namespace {

using grpc::reflection::v1::ServerReflection;
using grpc::reflection::v1::ServerReflectionRequest;
using grpc::reflection::v1::ServerReflectionResponse;
using ::testing::ElementsAre;
using ::testing::IsSupersetOf;

std::vector<std::string> FileNames(const ServerReflectionResponse& response) {
  std::vector<std::string> names;
  for (const std::string& bytes : response.file_descriptor_response().file_descriptor_proto()) {
    google::protobuf::FileDescriptorProto file;
    EXPECT_TRUE(file.ParseFromString(bytes));
    names.push_back(file.name());
  }
  return names;
}

class ReflectionServiceTest : public GrpcServerTest {
 protected:
  ReflectionServiceTest() : reflection_(ServerReflection::NewStub(channel_)) {}

  // The answers of one stream to requests made by `fill`.
  template <typename... Fill>
  std::vector<ServerReflectionResponse> Ask(const Fill&... fill) {
    grpc::ClientContext context;
    auto stream = reflection_->ServerReflectionInfo(&context);
    std::vector<ServerReflectionResponse> answers;
    const auto ask = [&](const auto& fill_one) {
      ServerReflectionRequest request;
      fill_one(request);
      EXPECT_TRUE(stream->Write(request));
      EXPECT_TRUE(stream->Read(&answers.emplace_back()));
      EXPECT_EQ(answers.back().original_request().SerializeAsString(), request.SerializeAsString());
    };
    (ask(fill), ...);
    EXPECT_TRUE(stream->WritesDone());
    EXPECT_TRUE(stream->Finish().ok());
    return answers;
  }

  const std::unique_ptr<ServerReflection::Stub> reflection_;
};

TEST_F(ReflectionServiceTest, ListsTheServices) {
  const auto answers = Ask([](auto& request) { request.set_list_services("*"); });
  std::vector<std::string> names;
  for (const auto& service : answers[0].list_services_response().service()) {
    names.push_back(service.name());
  }
  EXPECT_THAT(names, ElementsAre("candor.v1.LogService", "grpc.health.v1.Health",
                                 "grpc.reflection.v1.ServerReflection",
                                 "grpc.reflection.v1alpha.ServerReflection"));
}

// Whatever is listed can be described.
TEST_F(ReflectionServiceTest, DescribesTheServices) {
  for (const char* symbol :
       {"candor.v1.LogService", "candor.v1.LogService.AddEntry", "grpc.health.v1.Health",
        "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"}) {
    const auto answers =
        Ask([&](auto& request) { request.set_file_containing_symbol(symbol); },
            [](auto& request) { request.set_file_by_filename("proto/candor/v1/log.proto"); });
    EXPECT_FALSE(FileNames(answers[0]).empty()) << symbol;
    EXPECT_THAT(FileNames(answers[1]), IsSupersetOf({"proto/candor/v1/log.proto"}));
  }
}

TEST_F(ReflectionServiceTest, WhatIsNotThereIsAnErrorInTheAnswer) {
  const auto answers =
      Ask([](auto& request) { request.set_file_containing_symbol("candor.v1.Nothing"); },
          [](auto& request) { request.set_file_by_filename("../../etc/passwd"); },
          [](auto& request) { request.set_all_extension_numbers_of_type("candor.v1.Nothing"); },
          [](auto& request) {
            request.mutable_file_containing_extension()->set_containing_type("candor.v1.Envelope");
            request.mutable_file_containing_extension()->set_extension_number(-1);
          });
  for (const auto& answer : answers) {
    EXPECT_EQ(answer.error_response().error_code(), 5) << answer.ShortDebugString();
  }
  const auto nothing = Ask([](auto&) {});
  EXPECT_EQ(nothing[0].error_response().error_code(), 3);
  const auto none = Ask([](auto& request) {
    request.set_all_extension_numbers_of_type("candor.v1.AddEntryRequest");
  });
  EXPECT_EQ(none[0].all_extension_numbers_response().extension_number_size(), 0);
  EXPECT_FALSE(none[0].has_error_response());
}

}  // namespace
}  // namespace candor
