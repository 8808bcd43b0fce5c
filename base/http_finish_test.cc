// SPDX-License-Identifier: Apache-2.0
#include "base/http_finish.h"

#include <gtest/gtest.h>

#include "base/gzip.h"

namespace candor {
namespace {

HttpRequest Get(HttpHeaders headers = {}) {
  HttpRequest request;
  request.headers = std::move(headers);
  return request;
}

HttpResponse Tile() {
  HttpResponse response = HttpResponse::Make(200, "application/octet-stream", "0123456789");
  response.headers.Set("ETag", "\"t\"");
  response.headers.Set("Cache-Control", "immutable");
  return response;
}

HttpResponse ZippedTile() {
  HttpResponse response = Tile();
  response.gzip_body = std::make_shared<const std::string>(GzipCompress(response.text()));
  return response;
}

std::string Sent(const FinishedResponse& response) {
  return response.body->substr(response.offset, response.length);
}

TEST(HttpFinishTest, Plain) {
  const FinishedResponse out = FinishResponse(Get(), Tile());
  EXPECT_EQ(out.status, 200);
  EXPECT_EQ(Sent(out), "0123456789");
  EXPECT_EQ(out.headers.Get("Content-Length"), "10");
  EXPECT_EQ(out.headers.Get("Accept-Ranges"), "bytes");
  EXPECT_EQ(out.headers.Get("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(out.headers.Get("X-Content-Type-Options"), "nosniff");
}

TEST(HttpFinishTest, HeadHasTheLengthButNoBody) {
  HttpRequest request = Get({{"Range", "bytes=0-1"}});
  request.method = "HEAD";
  const FinishedResponse out = FinishResponse(request, Tile());
  EXPECT_EQ(out.status, 200);
  EXPECT_EQ(out.length, 0u);
  EXPECT_EQ(out.headers.Get("Content-Length"), "10");
}

TEST(HttpFinishTest, Ranges) {
  const struct {
    const char* range;
    int status;
    const char* sent;
    const char* content_range;
  } kCases[] = {
      {"bytes=0-0", 206, "0", "bytes 0-0/10"},
      {"bytes=2-4", 206, "234", "bytes 2-4/10"},
      {"BYTES=8-", 206, "89", "bytes 8-9/10"},
      {"bytes=8-999", 206, "89", "bytes 8-9/10"},
      {"bytes=-3", 206, "789", "bytes 7-9/10"},
      {"bytes=-999", 206, "0123456789", "bytes 0-9/10"},
      {"bytes=10-", 416, nullptr, "bytes */10"},
      {"bytes=-0", 416, nullptr, "bytes */10"},
      {"bytes=0-1,3-4", 200, "0123456789", nullptr},
      {"bytes=4-2", 200, "0123456789", nullptr},
      {"bytes=", 200, "0123456789", nullptr},
      {"bytes=-", 200, "0123456789", nullptr},
      {"bytes=a-b", 200, "0123456789", nullptr},
      {"bytes=+1-2", 200, "0123456789", nullptr},
      {"lines=0-1", 200, "0123456789", nullptr},
      {"bytes=0-99999999999999999999", 206, "0123456789", "bytes 0-9/10"},
      {"", 200, "0123456789", nullptr},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.range);
    const FinishedResponse out = FinishResponse(Get({{"Range", c.range}}), Tile());
    EXPECT_EQ(out.status, c.status);
    if (c.sent != nullptr) {
      EXPECT_EQ(Sent(out), c.sent);
    }
    EXPECT_EQ(out.headers.Has("Content-Range"), c.content_range != nullptr);
    if (c.content_range != nullptr) {
      EXPECT_EQ(out.headers.Get("Content-Range"), c.content_range);
    }
    EXPECT_EQ(out.headers.Get("Content-Length"), std::to_string(out.length));
  }
}

TEST(HttpFinishTest, RangesOfNothing) {
  const FinishedResponse out =
      FinishResponse(Get({{"Range", "bytes=0-"}}), HttpResponse::Text(200, ""));
  EXPECT_EQ(out.status, 416);
}

// The strong comparison; a date never holds, because nothing here has one.
TEST(HttpFinishTest, IfRange) {
  const struct {
    const char* condition;
    int status;
  } kCases[] = {{"\"t\"", 206},
                {"\"x\"", 200},
                {"W/\"t\"", 200},
                {"*", 200},
                {"Sat, 29 Oct 1994 19:43:31 GMT", 200}};
  for (const auto& c : kCases) {
    const HttpHeaders headers = {{"Range", "bytes=0-1"}, {"If-Range", c.condition}};
    const FinishedResponse out = FinishResponse(Get(headers), Tile());
    EXPECT_EQ(out.status, c.status) << c.condition;
    EXPECT_EQ(Sent(out), c.status == 206 ? "01" : "0123456789") << c.condition;
  }
}

TEST(HttpFinishTest, AnUnsatisfiableRangeSaysTheSize) {
  const FinishedResponse out =
      FinishResponse(Get({{"Range", "bytes=10-"}, {"Accept-Encoding", "gzip"}}), ZippedTile());
  EXPECT_EQ(out.status, 416);
  EXPECT_EQ(out.headers.Get("Content-Range"), "bytes */10");
  EXPECT_EQ(out.headers.Get("Content-Type"), "application/json");
  EXPECT_EQ(out.headers.Get("Cache-Control"), "no-store");
  EXPECT_EQ(out.headers.Get("Vary"), "Accept-Encoding");
  EXPECT_NE(Sent(out).find("RANGE_NOT_SATISFIABLE"), std::string::npos) << Sent(out);
}

TEST(HttpFinishTest, IfMatch) {
  for (const char* tags : {"\"t\"", "\"a\", \"t\"", "*"}) {
    EXPECT_EQ(FinishResponse(Get({{"If-Match", tags}}), Tile()).status, 200) << tags;
  }
  for (const char* tags : {"\"x\"", "W/\"t\"", "t", ""}) {
    const FinishedResponse out = FinishResponse(Get({{"If-Match", tags}}), Tile());
    EXPECT_EQ(out.status, 412) << tags;
    EXPECT_NE(Sent(out).find("PRECONDITION_FAILED"), std::string::npos) << Sent(out);
  }
  // It comes before If-None-Match and Range (RFC 9110 section 13.2.2).
  const HttpHeaders all = {
      {"If-Match", "\"x\""}, {"If-None-Match", "\"t\""}, {"Range", "bytes=0-1"}};
  EXPECT_EQ(FinishResponse(Get(all), Tile()).status, 412);
  const HttpHeaders match = {
      {"If-Match", "\"t\""}, {"If-None-Match", "\"t\""}, {"Range", "bytes=0-1"}};
  EXPECT_EQ(FinishResponse(Get(match), Tile()).status, 304);
  EXPECT_EQ(FinishResponse(Get({{"If-Match", "\"t\""}}), HttpResponse::Text(404, "")).status, 404);
}

TEST(HttpFinishTest, DatesAreIgnored) {
  for (const char* field : {"If-Modified-Since", "If-Unmodified-Since"}) {
    EXPECT_EQ(FinishResponse(Get({{field, "Sat, 29 Oct 1994 19:43:31 GMT"}}), Tile()).status, 200);
  }
}

TEST(HttpFinishTest, EveryAnswerMayBeReadByAnyPage) {
  for (const char* method : {"GET", "HEAD", "POST", "OPTIONS", "DELETE"}) {
    for (const int status : {200, 204, 400, 404, 405, 416, 503}) {
      HttpRequest request = Get();
      request.method = method;
      const FinishedResponse out = FinishResponse(request, HttpResponse::Text(status, "x"));
      EXPECT_EQ(out.headers.GetJoined("Access-Control-Allow-Origin"), "*") << method << status;
      const std::string exposed(out.headers.Get("Access-Control-Expose-Headers").value_or(""));
      for (const char* name : {"ETag", "Content-Range", "Content-Length", "Retry-After", "Date"}) {
        EXPECT_NE(exposed.find(name), std::string::npos) << name;
      }
      EXPECT_FALSE(out.headers.Has("Access-Control-Allow-Credentials"));
    }
  }
}

TEST(HttpFinishTest, IfNoneMatch) {
  for (const char* tags : {"\"t\"", "W/\"t\"", "\"a\", \"t\"", "*"}) {
    const FinishedResponse out = FinishResponse(Get({{"If-None-Match", tags}}), Tile());
    EXPECT_EQ(out.status, 304) << tags;
    EXPECT_EQ(out.length, 0u);
    EXPECT_EQ(out.headers.Get("ETag"), "\"t\"");
    EXPECT_EQ(out.headers.Get("Cache-Control"), "immutable");
    EXPECT_FALSE(out.headers.Has("Content-Length"));
  }
  for (const char* tags : {"\"x\"", "t", ",,,", "\"t"}) {
    EXPECT_EQ(FinishResponse(Get({{"If-None-Match", tags}}), Tile()).status, 200) << tags;
  }
  HttpRequest post = Get({{"If-None-Match", "\"t\""}});
  post.method = "POST";
  EXPECT_EQ(FinishResponse(post, Tile()).status, 200);
}

TEST(HttpFinishTest, GzipNegotiation) {
  for (const char* accept : {"gzip", "GZIP", "deflate, gzip;q=0.5", "*", "identity;q=0.1, gzip",
                             "x-gzip", "gzip, identity"}) {
    const FinishedResponse out = FinishResponse(Get({{"Accept-Encoding", accept}}), ZippedTile());
    EXPECT_EQ(out.headers.Get("Content-Encoding"), "gzip") << accept;
    EXPECT_EQ(GzipDecompress(Sent(out), 100).value(), "0123456789");
    EXPECT_EQ(out.headers.Get("ETag"), "\"t-gzip\"");
    EXPECT_EQ(out.headers.Get("Vary"), "Accept-Encoding");
  }
  for (const char* accept : {"", "identity", "gzip;q=0", "gzip; q=0.000", "br", "*;q=0",
                             "gzip;q=0, *", "gzip;q=0.5, identity"}) {
    const FinishedResponse out = FinishResponse(Get({{"Accept-Encoding", accept}}), ZippedTile());
    EXPECT_FALSE(out.headers.Has("Content-Encoding")) << accept;
    EXPECT_EQ(Sent(out), "0123456789");
    EXPECT_EQ(out.headers.Get("ETag"), "\"t\"");
    EXPECT_EQ(out.headers.Get("Vary"), "Accept-Encoding");
  }
}

TEST(HttpFinishTest, AGzipOnlyBodyIsInflatedForOthers) {
  HttpResponse response = ZippedTile();
  response.body = nullptr;
  EXPECT_EQ(Sent(FinishResponse(Get(), response)), "0123456789");
  response.gzip_body = std::make_shared<const std::string>("damaged");
  EXPECT_EQ(FinishResponse(Get(), response).status, 500);
}

TEST(HttpFinishTest, ARangeIsOfTheIdentityForm) {
  const FinishedResponse out =
      FinishResponse(Get({{"Accept-Encoding", "gzip"}, {"Range", "bytes=1-2"}}), ZippedTile());
  EXPECT_EQ(out.status, 206);
  EXPECT_EQ(Sent(out), "12");
}

TEST(HttpFinishTest, TheGzipVariantHasItsOwnTag) {
  const HttpHeaders gzip_tag = {{"Accept-Encoding", "gzip"}, {"If-None-Match", "\"t-gzip\""}};
  EXPECT_EQ(FinishResponse(Get(gzip_tag), ZippedTile()).status, 304);
  const HttpHeaders plain_tag = {{"Accept-Encoding", "gzip"}, {"If-None-Match", "\"t\""}};
  EXPECT_EQ(FinishResponse(Get(plain_tag), ZippedTile()).status, 200);
}

TEST(HttpFinishTest, AHandlerCanNotBreakTheFraming) {
  HttpResponse response = Tile();
  response.headers.Set("Content-Length", "7");
  response.headers.Set("Transfer-Encoding", "chunked");
  response.headers.Set("X-Evil", "a\r\nSet-Cookie: b");
  response.headers.Set("X:Y", "z");
  const FinishedResponse out = FinishResponse(Get(), response);
  EXPECT_EQ(out.headers.GetJoined("Content-Length"), "10");
  EXPECT_FALSE(out.headers.Has("Transfer-Encoding"));
  EXPECT_FALSE(out.headers.Has("X-Evil"));
  EXPECT_FALSE(out.headers.Has("X:Y"));
  response.status = 42;
  EXPECT_EQ(FinishResponse(Get(), response).status, 500);
}

TEST(HttpFinishTest, NoContent) {
  HttpResponse response;
  response.status = 204;
  const FinishedResponse out = FinishResponse(Get(), response);
  EXPECT_FALSE(out.headers.Has("Content-Length"));
  EXPECT_EQ(out.length, 0u);
}

}  // namespace
}  // namespace candor
