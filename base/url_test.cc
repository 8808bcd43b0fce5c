// SPDX-License-Identifier: Apache-2.0
#include "base/url.h"

#include <gtest/gtest.h>

#include "core/util/reason.h"

namespace candor {
namespace {

TEST(UrlTest, ParsesAndFormats) {
  const struct {
    std::string text;
    Url url;
    std::string canonical;
  } kCases[] = {
      {"http://a", {"http", "a", 80, "/", ""}, "http://a/"},
      {"HTTPS://Example.COM:443/x",
       {"https", "example.com", 443, "/x", ""},
       "https://example.com/x"},
      {"http://a:8080?q=1", {"http", "a", 8080, "/", "q=1"}, "http://a:8080/?q=1"},
      {"https://[::1]:80/a/b%20c?x",
       {"https", "::1", 80, "/a/b%20c", "x"},
       "https://[::1]:80/a/b%20c?x"},
      {"http://127.0.0.1:1/", {"http", "127.0.0.1", 1, "/", ""}, "http://127.0.0.1:1/"},
      {"http://a_b.c-d/tile/0/x001/067.p/12",
       {"http", "a_b.c-d", 80, "/tile/0/x001/067.p/12", ""},
       "http://a_b.c-d/tile/0/x001/067.p/12"},
  };
  for (const auto& c : kCases) {
    const auto url = Url::Parse(c.text);
    ASSERT_TRUE(url.ok()) << c.text << url.status();
    EXPECT_EQ(url->scheme, c.url.scheme);
    EXPECT_EQ(url->host, c.url.host);
    EXPECT_EQ(url->port, c.url.port);
    EXPECT_EQ(url->path, c.url.path);
    EXPECT_EQ(url->query, c.url.query);
    EXPECT_EQ(url->ToString(), c.canonical);
    EXPECT_EQ(Url::Parse(c.canonical)->ToString(), c.canonical);
  }
}

TEST(UrlTest, RefusesWhatItCanNotMean) {
  for (const std::string& text : {std::string(),
                                  std::string("a"),
                                  std::string("//a"),
                                  std::string("ftp://a"),
                                  std::string("http:/a"),
                                  std::string("http://"),
                                  std::string("http:///x"),
                                  std::string("http://user@a"),
                                  std::string("http://u:p@a/"),
                                  std::string("http://a/#f"),
                                  std::string("http://a b"),
                                  std::string("http://a/\r\nX: y"),
                                  std::string("http://a/\xc3\xa4"),
                                  std::string("http://a/%"),
                                  std::string("http://a/%2"),
                                  std::string("http://a/%zz"),
                                  std::string("http://a:"),
                                  std::string("http://a:0"),
                                  std::string("http://a:65536"),
                                  std::string("http://a:+1"),
                                  std::string("http://a:01"),
                                  std::string("http://a:1:2"),
                                  std::string("http://[::1"),
                                  std::string("http://[1.2.3.4]"),
                                  std::string("http://[::1]x"),
                                  std::string("http://.a"),
                                  std::string("http://-a"),
                                  std::string("http://a!b"),
                                  std::string("http://a/\"x\""),
                                  std::string("http://") + std::string(254, 'a'),
                                  std::string("http://a/\0", 10),
                                  "http://a/" + std::string(4096, 'x')}) {
    const auto url = Url::Parse(text);
    EXPECT_EQ(url.status().code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_EQ(ReasonOf(url.status()), "URL_INVALID") << text;
  }
}

TEST(UrlTest, Join) {
  EXPECT_EQ(JoinUrl("https://a/b/", "checkpoint"), "https://a/b/checkpoint");
  EXPECT_EQ(JoinUrl("https://a/b", "/checkpoint"), "https://a/b/checkpoint");
  EXPECT_EQ(JoinUrl("https://a//", "//x"), "https://a/x");
}

TEST(UrlTest, PercentCoding) {
  const std::string all = "a-Z_0.~ /?%\xff\n";
  EXPECT_EQ(PercentEncode(all), "a-Z_0.~%20%2F%3F%25%FF%0A");
  EXPECT_EQ(PercentDecode(PercentEncode(all)).value(), all);
  EXPECT_EQ(PercentDecode("%41%4a+").value(), "AJ+");
  for (const char* bad : {"%", "%4", "a%4", "%g0", "%0g"}) {
    EXPECT_FALSE(PercentDecode(bad).ok()) << bad;
  }
}

TEST(HostPortTest, Parses) {
  EXPECT_EQ(HostPort::Parse("127.0.0.1:8080")->ToString(), "127.0.0.1:8080");
  EXPECT_EQ(HostPort::Parse("127.0.0.1:0")->port, 0);
  EXPECT_EQ(HostPort::Parse("[::]:443")->ToString(), "[::]:443");
  EXPECT_EQ(HostPort::Parse("localhost:1")->host, "localhost");
  for (const char* bad : {"", "8080", "a", "a:", "a:b", "a:65536", "::1:80", "[::1]", "a b:1",
                          ":8080", ":", "[]:1", "127.0.0.1:-1", "127.0.0.1:http"}) {
    EXPECT_EQ(ReasonOf(HostPort::Parse(bad).status()), "ADDRESS_INVALID") << bad;
  }
  EXPECT_NE(HostPort::Parse(":8080").status().message().find("0.0.0.0"), std::string::npos);
}

}  // namespace
}  // namespace candor
