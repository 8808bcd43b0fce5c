// SPDX-License-Identifier: Apache-2.0
#include "base/fake_http_client.h"

#include <gtest/gtest.h>

#include "base/gzip.h"
#include "base/http_router.h"
#include "core/util/reason.h"

namespace candor {
namespace {

class FakeHttpClientTest : public testing::Test {
 protected:
  FakeHttpClientTest() {
    router_.Add("GET", "/zip", [](HttpRequest, HttpResponder respond) {
      HttpResponse response = HttpResponse::Text(200, "");
      response.gzip_body = std::make_shared<const std::string>(GzipCompress("unzipped"));
      response.body = nullptr;
      respond(std::move(response));
    });
    router_.Add("POST", "/echo", {.max_body_bytes = 10},
                [](HttpRequest request, HttpResponder respond) {
                  respond(HttpResponse::Text(200, request.query + request.body));
                });
    router_.Add("GET", "/drop", [](HttpRequest, HttpResponder) {});
    client_.Serve("http://log.example", &router_);
  }

  HttpRouter router_;
  FakeHttpClient client_;
};

TEST_F(FakeHttpClientTest, CallsTheHandler) {
  HttpRequestSpec spec;
  spec.method = "POST";
  spec.url = "http://log.example:80/echo?q";
  spec.body = "body";
  EXPECT_EQ(client_.Fetch(spec)->text(), "qbody");
  spec.body = "01234567890";
  EXPECT_EQ(client_.Fetch(spec)->status, 413);
  EXPECT_EQ(client_.requests().size(), 2u);
  EXPECT_EQ(client_.requests()[0], "POST http://log.example:80/echo?q");
}

TEST_F(FakeHttpClientTest, FinishesAndDecodes) {
  HttpRequestSpec spec;
  spec.url = "http://log.example/zip";
  const auto response = client_.Fetch(spec);
  EXPECT_EQ(response->text(), "unzipped");
  EXPECT_FALSE(response->headers.Has("Content-Encoding"));
  spec.max_response_bytes = 7;
  EXPECT_EQ(ReasonOf(client_.Fetch(spec).status()), "RESPONSE_TOO_LARGE");
  spec.url = "http://log.example/drop";
  spec.max_response_bytes = 1000;
  EXPECT_EQ(client_.Fetch(spec)->status, 500);
}

TEST_F(FakeHttpClientTest, Failures) {
  HttpRequestSpec spec;
  spec.url = "http://other.example/";
  EXPECT_EQ(ReasonOf(client_.Fetch(spec).status()), "CONNECT_FAILED");
  spec.url = "no url";
  EXPECT_EQ(client_.Fetch(spec).status().code(), absl::StatusCode::kInvalidArgument);
  spec.url = "http://log.example/zip";
  client_.FailWith("http://log.example", absl::DeadlineExceededError("slow"));
  EXPECT_EQ(client_.Fetch(spec).status().code(), absl::StatusCode::kDeadlineExceeded);
  client_.FailWith("http://log.example", absl::OkStatus());
  EXPECT_TRUE(client_.Fetch(spec).ok());
  spec.headers.Set("X", "a\r\nb");
  EXPECT_EQ(ReasonOf(client_.Fetch(spec).status()), "REQUEST_INVALID");
}

}  // namespace
}  // namespace candor
