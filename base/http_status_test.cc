// SPDX-License-Identifier: Apache-2.0
#include "base/http_status.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "core/util/error_metadata.h"
#include "core/util/reason.h"

namespace candor {
namespace {

TEST(HttpStatusTest, CodeReasonAndMessageSurviveTheTrip) {
  for (int code = 1; code <= 16; ++code) {
    const auto canonical = static_cast<absl::StatusCode>(code);
    const absl::Status status = Refuse(canonical, "SOME_REASON", "say \"what\" to do\xff");
    const HttpResponse response = ErrorResponse(status);
    EXPECT_EQ(response.status, HttpStatusFromCode(canonical));
    EXPECT_EQ(response.headers.Get("Content-Type"), "application/json");
    const absl::Status back = StatusFromResponse(response);
    EXPECT_EQ(back.code(), canonical);
    EXPECT_EQ(ReasonOf(back), "SOME_REASON");
    const bool hidden = response.status == 500;
    EXPECT_EQ(std::string(back.message()).find("what") == std::string::npos, hidden);
  }
}

TEST(HttpStatusTest, TheBodyHasTheDocumentedShape) {
  const HttpResponse response =
      ErrorResponse(Refuse(absl::StatusCode::kInvalidArgument, "ENTRY_TOO_LARGE", "too large"));
  EXPECT_EQ(response.text(),
            "{\"error\":{\"code\":\"INVALID_ARGUMENT\",\"reason\":\"ENTRY_TOO_LARGE\","
            "\"message\":\"too large\"}}\n");
  EXPECT_FALSE(response.headers.Has("Retry-After"));
}

TEST(HttpStatusTest, MetadataSurvivesTheTrip) {
  const absl::Status status = WithMetadata(
      Refuse(absl::StatusCode::kUnavailable, "NOT_YET_PUBLISHED", "wait"), "index", "7");
  const HttpResponse response = ErrorResponse(status);
  EXPECT_EQ(response.text(),
            "{\"error\":{\"code\":\"UNAVAILABLE\",\"reason\":\"NOT_YET_PUBLISHED\","
            "\"message\":\"wait\",\"metadata\":{\"index\":\"7\"}}}\n");
  EXPECT_EQ(MetadataOf(StatusFromResponse(response)), MetadataOf(status));
  const absl::Status odd =
      StatusFromResponse(HttpResponse::Text(503,
                                            "{\"error\":{\"code\":\"UNAVAILABLE\",\"metadata\":{"
                                            "\"a\":1,\"b\":\"\\u001b[31m\",\"c\":{}}}}"));
  EXPECT_EQ(MetadataOf(odd), (std::map<std::string, std::string>{{"b", "?[31m"}}));
  EXPECT_TRUE(MetadataOf(StatusFromResponse(HttpResponse::Text(
                             503, "{\"error\":{\"code\":\"UNAVAILABLE\",\"metadata\":[]}}")))
                  .empty());
}

TEST(HttpStatusTest, WhatCallersAreTold) {
  const ErrorFields full = ErrorFieldsOf(WithRetryAfter(
      Refuse(absl::StatusCode::kResourceExhausted, "QUEUE_FULL", "later"), absl::Seconds(7)));
  EXPECT_EQ(full.reason, "QUEUE_FULL");
  EXPECT_EQ(full.message, "later");
  EXPECT_EQ(full.retry_after, absl::Seconds(7));
  EXPECT_EQ(ErrorFieldsOf(absl::UnavailableError("")).retry_after, absl::Seconds(1));
  const ErrorFields ours = ErrorFieldsOf(absl::DataLossError("secret"));
  EXPECT_EQ(ours.message.find("secret"), std::string::npos);
  EXPECT_EQ(ours.retry_after, std::nullopt);
}

TEST(HttpStatusTest, RetryAfter) {
  const absl::Status full = absl::ResourceExhaustedError("full");
  EXPECT_EQ(ErrorResponse(full).headers.Get("Retry-After"), "1");
  const absl::Status later = WithRetryAfter(full, absl::Milliseconds(2500));
  EXPECT_EQ(RetryAfterOf(later), absl::Milliseconds(2500));
  const HttpResponse response = ErrorResponse(later);
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(response.headers.Get("Retry-After"), "3");
  EXPECT_EQ(RetryAfterOf(StatusFromResponse(response)), absl::Seconds(3));
  EXPECT_EQ(RetryAfterOf(full), std::nullopt);
  EXPECT_TRUE(WithRetryAfter(absl::OkStatus(), absl::Seconds(1)).ok());
  HttpResponse odd = ErrorResponse(full);
  odd.headers.Set("Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT");
  EXPECT_EQ(RetryAfterOf(StatusFromResponse(odd)), std::nullopt);
}

TEST(HttpStatusTest, AFixedHttpStatus) {
  const HttpResponse response =
      ErrorResponse(422, Refuse(absl::StatusCode::kInvalidArgument, "BAD_PROOF", "no"));
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(ReasonOf(StatusFromResponse(response)), "BAD_PROOF");
}

TEST(HttpStatusTest, ForeignServers) {
  EXPECT_TRUE(StatusFromResponse(HttpResponse::Text(204, "")).ok());
  const struct {
    int status;
    std::string body;
    absl::StatusCode code;
    std::string message;
  } kCases[] = {
      {404, "no such log\nmore", absl::StatusCode::kNotFound,
       "the server answered 404 Not Found: no such log"},
      {502, "", absl::StatusCode::kUnavailable, "the server answered 502 Bad Gateway"},
      {409, "12\n", absl::StatusCode::kAborted, "the server answered 409 Conflict: 12"},
      {422, "\x1b[31m\xff", absl::StatusCode::kInvalidArgument,
       "the server answered 422 Unprocessable Content: ?[31m?"},
      {302, "", absl::StatusCode::kUnknown, "the server answered 302 Found"},
      {400, "{\"error\":", absl::StatusCode::kInvalidArgument,
       "the server answered 400 Bad Request: {\"error\":"},
      {400, "{\"error\":{\"code\":\"OK\"}}", absl::StatusCode::kInvalidArgument,
       "the server answered 400 Bad Request: {\"error\":{\"code\":\"OK\"}}"},
      {400, "{\"error\":7}", absl::StatusCode::kInvalidArgument,
       "the server answered 400 Bad Request: {\"error\":7}"},
      {500, std::string(1000, 'x'), absl::StatusCode::kInternal,
       "the server answered 500 Internal Server Error: " + std::string(200, 'x')},
  };
  for (const auto& c : kCases) {
    const absl::Status status = StatusFromResponse(HttpResponse::Text(c.status, c.body));
    EXPECT_EQ(status.code(), c.code);
    EXPECT_EQ(status.message(), c.message);
  }
}

TEST(HttpStatusTest, EveryHttpStatusHasACode) {
  for (int status = 100; status < 600; ++status) {
    EXPECT_EQ(CodeFromHttpStatus(status) == absl::StatusCode::kOk, status / 100 == 2) << status;
  }
}

}  // namespace
}  // namespace candor
