// SPDX-License-Identifier: Apache-2.0
//
// The HTTP server's rules on the wire that need more than one request, or a request as no client of
// ours sends it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/http_server_testing.h"

namespace candor {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class HttpServerRulesTest : public HttpServerFixture {
 protected:
  void SetUp() override { StartServer(); }
};

// A refusal has a body of its own, whatever the request before it was.
TEST_F(HttpServerRulesTest, ARefusalDoesNotTakeTheFormOfTheAnswerBefore) {
  RawConnection connection(port_);
  connection.Send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  connection.ReadResponse(/*has_body=*/false);
  connection.Send("nonsense\r\n\r\n");
  EXPECT_THAT(connection.ReadResponse(), EndsWith("\"}}\n"));
  RawConnection other(port_);
  other.Send("HEAD nowhere HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string head = other.ReadToEnd();
  EXPECT_THAT(head, StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(head, EndsWith("\r\n\r\n"));
}

TEST_F(HttpServerRulesTest, CompressedBodiesAreRefused) {
  const std::string post = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n";
  RawConnection compressed(port_);
  compressed.Send(post + "Content-Encoding: gzip\r\n\r\nabc");
  const std::string refused = compressed.ReadToEnd();
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 415 Unsupported Media Type\r\n"));
  EXPECT_THAT(refused, HasSubstr("\r\nAccept-Encoding: identity\r\n"));
  EXPECT_THAT(refused, HasSubstr("CONTENT_ENCODING_UNSUPPORTED"));
  RawConnection connection(port_);
  connection.Send(post + "Content-Encoding: Identity\r\n\r\nabc");
  EXPECT_THAT(connection.ReadResponse(), EndsWith("abc"));
}

TEST_F(HttpServerRulesTest, KeepsTheConnectionAfterAnError) {
  RawConnection connection(port_);
  connection.Send("GET /none HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string missing = connection.ReadResponse();
  EXPECT_THAT(missing, StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(missing, HasSubstr("\r\nConnection: keep-alive\r\n"));
  EXPECT_THAT(missing, HasSubstr("\r\nAccess-Control-Allow-Origin: *\r\n"));
  connection.Send("GET /hello HTTP/1.1\r\nHost: a\r\nIf-Match: \"x\"\r\n\r\n");
  EXPECT_THAT(connection.ReadResponse(), StartsWith("HTTP/1.1 412 "));
  connection.Send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(connection.ReadResponse(), EndsWith("hello"));
}

}  // namespace
}  // namespace candor
