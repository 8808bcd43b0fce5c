// SPDX-License-Identifier: Apache-2.0
#include "base/http_client_wire.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/http_client.h"
#include "base/url.h"

namespace candor {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string Header(const HttpRequestSpec& spec) {
  return FormatRequestHeader(spec, *Url::Parse(spec.url), "tester");
}

// tlog-tiles asks clients to name both codings.
TEST(HttpClientWireTest, AsksForGzipAndIdentity) {
  HttpRequestSpec spec;
  spec.url = "http://log.example/prefix/tile/entries/000";
  const std::string header = Header(spec);
  EXPECT_THAT(header, StartsWith("GET /prefix/tile/entries/000 HTTP/1.1\r\n"));
  EXPECT_THAT(header, HasSubstr("\r\nAccept-Encoding: gzip, identity\r\n"));
  EXPECT_THAT(header, HasSubstr("\r\nHost: log.example\r\n"));
  EXPECT_THAT(header, HasSubstr("\r\nUser-Agent: tester\r\n"));
  EXPECT_THAT(header, Not(HasSubstr("Content-Length")));
  EXPECT_THAT(header, Not(HasSubstr("Connection: close")));  // it is kept
  EXPECT_THAT(header, EndsWith("\r\n\r\n"));
  spec.headers.Set("Accept-Encoding", "identity");
  EXPECT_THAT(Header(spec), HasSubstr("\r\nAccept-Encoding: identity\r\n"));
}

TEST(HttpClientWireTest, PostsSayTheirLength) {
  HttpRequestSpec spec;
  spec.method = "POST";
  spec.url = "http://w.example/add-checkpoint";
  EXPECT_THAT(Header(spec), HasSubstr("\r\nContent-Length: 0\r\n"));
  spec.body = "old 0\n";
  spec.headers.Set("Content-Length", "99");
  EXPECT_THAT(Header(spec), HasSubstr("\r\nContent-Length: 6\r\n"));
  EXPECT_THAT(Header(spec), Not(HasSubstr("99")));
}

}  // namespace
}  // namespace candor
