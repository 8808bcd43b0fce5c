// SPDX-License-Identifier: Apache-2.0
#include "log/service/grpc_status.h"

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/http_status.h"
#include "core/util/error_metadata.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"
#include "proto/google/rpc/status.pb.h"

namespace candor {
namespace {

// What a caller can read from an error, whichever way it came.
struct Told {
  std::string code;
  std::string reason;
  std::string message;
  std::map<std::string, std::string> metadata;
  int64_t retry_seconds = 0;  // rounded up; 0 when there is none
  bool operator==(const Told&) const = default;
};

void PrintTo(const Told& told, std::ostream* out) {
  *out << told.code << " " << told.reason << " \"" << told.message << "\" " << told.metadata.size()
       << " facts, retry " << told.retry_seconds;
}

Told OverGrpc(const absl::Status& status) {
  const grpc::Status wire = ToGrpcStatus(status);
  google::rpc::Status details;
  EXPECT_TRUE(details.ParseFromString(wire.error_details()));
  EXPECT_EQ(details.code(), wire.error_code());
  EXPECT_EQ(details.message(), wire.error_message());
  Told told;
  told.code = absl::StatusCodeToString(static_cast<absl::StatusCode>(wire.error_code()));
  told.message = wire.error_message();
  for (const google::protobuf::Any& any : details.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::RetryInfo retry;
    if (any.UnpackTo(&info)) {
      EXPECT_EQ(any.type_url(), "type.googleapis.com/google.rpc.ErrorInfo");
      EXPECT_EQ(info.domain(), "candor");
      told.reason = info.reason();
      told.metadata = {info.metadata().begin(), info.metadata().end()};
    } else if (any.UnpackTo(&retry)) {
      EXPECT_EQ(any.type_url(), "type.googleapis.com/google.rpc.RetryInfo");
      const auto& delay = retry.retry_delay();
      told.retry_seconds = delay.seconds() + (delay.nanos() > 0 ? 1 : 0);
    } else {
      ADD_FAILURE() << "unknown detail " << any.type_url();
    }
  }
  return told;
}

Told OverHttp(const absl::Status& status) {
  const HttpResponse response = ErrorResponse(status);
  const nlohmann::json error = nlohmann::json::parse(response.text()).at("error");
  Told told{error.at("code"), error.at("reason"), error.at("message"), {}, 0};
  if (error.contains("metadata")) told.metadata = error.at("metadata");
  if (const auto retry = response.headers.Get("Retry-After"); retry.has_value()) {
    told.retry_seconds = std::stoll(std::string(*retry));
  }
  return told;
}

TEST(GrpcStatusTest, BothTransportsTellTheSame) {
  std::vector<absl::Status> statuses;
  for (int code = 1; code <= 16; ++code) {
    const auto canonical = static_cast<absl::StatusCode>(code);
    statuses.push_back(absl::Status(canonical, "plain"));
    statuses.push_back(Refuse(canonical, "SOME_REASON", "with a reason"));
    statuses.push_back(WithMetadata(statuses.back(), "index", "7"));
    statuses.push_back(WithRetryAfter(statuses.back(), absl::Milliseconds(2500)));
  }
  for (const absl::Status& status : statuses) {
    EXPECT_EQ(OverGrpc(status), OverHttp(status)) << status;
  }
}

TEST(GrpcStatusTest, WhatIsTold) {
  const absl::Status pending = WithRetryAfter(
      WithMetadata(Refuse(absl::StatusCode::kUnavailable, "NOT_YET_PUBLISHED", "wait"), "index",
                   "7"),
      absl::Seconds(3));
  EXPECT_EQ(OverGrpc(pending),
            (Told{"UNAVAILABLE", "NOT_YET_PUBLISHED", "wait", {{"index", "7"}}, 3}));
  EXPECT_EQ(OverGrpc(absl::ResourceExhaustedError("full")).retry_seconds, 1);
  EXPECT_EQ(OverGrpc(absl::NotFoundError("none")).retry_seconds, 0);
  const Told hidden = OverGrpc(Refuse(absl::StatusCode::kDataLoss, "STORE_DAMAGED", "secret"));
  EXPECT_EQ(hidden.reason, "STORE_DAMAGED");
  EXPECT_EQ(hidden.message.find("secret"), std::string::npos);
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
}

TEST(GrpcStatusTest, AMessageThatQuotesBytesIsStillText) {
  EXPECT_EQ(OverGrpc(absl::InvalidArgumentError("no \xff")).message, "no \\xff");
}

}  // namespace
}  // namespace candor
