// SPDX-License-Identifier: Apache-2.0
#include "base/http_router.h"

#include <gtest/gtest.h>

namespace candor {
namespace {

HttpRouter::Function Answer(const std::string& text) {
  return [text](HttpRequest, HttpResponder respond) { respond(HttpResponse::Text(200, text)); };
}

class HttpRouterTest : public testing::Test {
 protected:
  HttpRouterTest() {
    router_.Add("GET", "/checkpoint", Answer("checkpoint"));
    router_.Add("POST", "/add", {.max_body_bytes = 77}, Answer("add"));
    router_.Add("GET", "/tile/*", Answer("tile"));
    router_.Add("GET", "/tile/entries/*", Answer("entries"));
    router_.Add("GET", "/tile/special", Answer("special"));
    router_.Add("PUT", "/checkpoint", Answer("put"));
  }

  HttpResponse Call(const std::string& method, const std::string& path) {
    HttpRequest request;
    request.method = method;
    request.path = path;
    HttpResponse out;
    out.status = 0;
    router_.Handle(std::move(request), [&out](HttpResponse r) { out = std::move(r); });
    return out;
  }

  HttpRouter router_;
};

TEST_F(HttpRouterTest, TheMostSpecificRouteWins) {
  EXPECT_EQ(Call("GET", "/checkpoint").text(), "checkpoint");
  EXPECT_EQ(Call("HEAD", "/checkpoint").text(), "checkpoint");
  EXPECT_EQ(Call("PUT", "/checkpoint").text(), "put");
  EXPECT_EQ(Call("GET", "/tile/0/001").text(), "tile");
  EXPECT_EQ(Call("GET", "/tile/entries/001.p/3").text(), "entries");
  EXPECT_EQ(Call("GET", "/tile/special").text(), "special");
  EXPECT_EQ(Call("GET", "/tile/entries").text(), "tile");
}

TEST_F(HttpRouterTest, UnknownPathsAre404) {
  for (const char* path :
       {"/", "/tile", "/checkpoint/", "/checkpoints", "//checkpoint", "/Tile/0"}) {
    EXPECT_EQ(Call("GET", path).status, 404) << path;
  }
  EXPECT_EQ(Call("GET", "/tile/").status, 404);
}

TEST_F(HttpRouterTest, OtherMethodsAre405) {
  const HttpResponse response = Call("DELETE", "/checkpoint");
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.headers.Get("Allow"), "GET, HEAD, OPTIONS, PUT");
  EXPECT_EQ(Call("GET", "/add").status, 405);
  EXPECT_EQ(Call("GET", "/add").headers.Get("Allow"), "OPTIONS, POST");
  EXPECT_EQ(Call("get", "/checkpoint").status, 405);
}

TEST_F(HttpRouterTest, Options) {
  const HttpResponse response = Call("OPTIONS", "/tile/0/001");
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(response.headers.Get("Allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(response.headers.Get("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(response.headers.Get("Access-Control-Allow-Methods"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(Call("OPTIONS", "/none").status, 404);
}

// A browser asks so before it lets a page of another site post JSON.
TEST_F(HttpRouterTest, PreflightOfASubmission) {
  const HttpResponse response = Call("OPTIONS", "/add");
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(response.headers.Get("Access-Control-Allow-Methods"), "OPTIONS, POST");
  const std::string allowed(response.headers.Get("Access-Control-Allow-Headers").value_or(""));
  EXPECT_EQ(allowed, "Content-Type, If-Match, If-None-Match, If-Range, Range");
  EXPECT_EQ(response.headers.Get("Access-Control-Max-Age"), "86400");
}

TEST_F(HttpRouterTest, BodyLimits) {
  EXPECT_EQ(router_.MaxBodyBytes("POST", "/add"), 77u);
  EXPECT_EQ(router_.MaxBodyBytes("GET", "/add"), std::nullopt);
  EXPECT_EQ(router_.MaxBodyBytes("GET", "/checkpoint"), std::nullopt);
  EXPECT_EQ(router_.MaxBodyBytes("GET", "/none"), std::nullopt);
}

}  // namespace
}  // namespace candor
