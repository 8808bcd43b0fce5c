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
      {"bytes=0-99999999999999999999", 200, "0123456789", nullptr},
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

TEST(HttpFinishTest, IfRange) {
  EXPECT_EQ(FinishResponse(Get({{"Range", "bytes=0-1"}, {"If-Range", "\"t\""}}), Tile()).status,
            206);
  EXPECT_EQ(FinishResponse(Get({{"Range", "bytes=0-1"}, {"If-Range", "\"x\""}}), Tile()).status,
            200);
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
  for (const char* accept :
       {"gzip", "GZIP", "deflate, gzip;q=0.5", "*", "identity;q=0.1, gzip", "x-gzip"}) {
    const FinishedResponse out = FinishResponse(Get({{"Accept-Encoding", accept}}), ZippedTile());
    EXPECT_EQ(out.headers.Get("Content-Encoding"), "gzip") << accept;
    EXPECT_EQ(GzipDecompress(Sent(out), 100).value(), "0123456789");
    EXPECT_EQ(out.headers.Get("ETag"), "\"t-gzip\"");
    EXPECT_EQ(out.headers.Get("Vary"), "Accept-Encoding");
  }
  for (const char* accept :
       {"", "identity", "gzip;q=0", "gzip; q=0.000", "br", "*;q=0", "gzip;q=0, *"}) {
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
