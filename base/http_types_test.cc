// SPDX-License-Identifier: Apache-2.0
#include "base/http_types.h"

#include <gtest/gtest.h>

namespace candor {
namespace {

TEST(HttpHeadersTest, NamesCompareWithoutCase) {
  HttpHeaders headers = {{"Content-Type", "a"}, {"X", "1"}, {"x", "2"}};
  EXPECT_EQ(headers.Get("content-TYPE"), "a");
  EXPECT_EQ(headers.Get("x"), "1");
  EXPECT_EQ(headers.GetJoined("X"), "1, 2");
  EXPECT_EQ(headers.GetJoined("none"), "");
  EXPECT_FALSE(headers.Has("none"));
  headers.Set("X", "3");
  EXPECT_EQ(headers.GetJoined("x"), "3");
  headers.Remove("CONTENT-type");
  EXPECT_EQ(headers.fields().size(), 1u);
}

TEST(HttpRequestTest, QueryParameters) {
  HttpRequest request;
  request.query = "a=1&b=x%20y+z&c=&d&a=2&bad=%zz&&=";
  EXPECT_EQ(request.QueryParameter("a"), "1");
  EXPECT_EQ(request.QueryParameter("b"), "x y z");
  EXPECT_EQ(request.QueryParameter("c"), "");
  EXPECT_EQ(request.QueryParameter("d"), std::nullopt);
  EXPECT_EQ(request.QueryParameter("bad"), std::nullopt);
  EXPECT_EQ(request.QueryParameter("none"), std::nullopt);
}

TEST(HttpResponseTest, Made) {
  const HttpResponse response = HttpResponse::Json(201, "{}");
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.headers.Get("content-type"), "application/json");
  EXPECT_EQ(response.text(), "{}");
  EXPECT_EQ(HttpResponse().text(), "");
  EXPECT_EQ(HttpReasonPhrase(422), "Unprocessable Content");
  EXPECT_EQ(HttpReasonPhrase(299), "Unknown");
}

}  // namespace
}  // namespace candor
