// SPDX-License-Identifier: Apache-2.0
#include "base/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/http_server_testing.h"
#include "core/util/reason.h"

namespace candor {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class HttpServerTest : public HttpServerFixture {
 protected:
  // What the server says to these bytes before it closes.
  std::string Say(const std::string& bytes) {
    RawConnection connection(port_);
    connection.Send(bytes);
    bool timed_out = false;
    std::string answer = connection.ReadToEnd(&timed_out);
    EXPECT_FALSE(timed_out) << "the server kept the connection open";
    return answer;
  }
};

TEST_F(HttpServerTest, KeepsTheConnection) {
  StartServer();
  RawConnection connection(port_);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(connection.Send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"));
    const std::string response = connection.ReadResponse();
    EXPECT_THAT(response, StartsWith("HTTP/1.1 200 OK\r\nDate: "));
    EXPECT_THAT(response, HasSubstr("\r\nConnection: keep-alive\r\n"));
    EXPECT_THAT(response, EndsWith("\r\n\r\nhello"));
  }
  EXPECT_EQ(server_->connections(), 1u);
}

TEST_F(HttpServerTest, ClosesWhenAsked) {
  StartServer();
  EXPECT_THAT(Say("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
              HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(Say("GET /hello HTTP/1.0\r\n\r\n"), EndsWith("hello"));
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  StartServer();
  const std::string answer =
      Say("GET /thread HTTP/1.1\r\nHost: a\r\n\r\n"
          "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
          "HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n"
          "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const size_t first = answer.find("from a thread");
  const size_t second = answer.find("POST 127.0.0.1 abc");
  ASSERT_NE(first, std::string::npos) << answer;
  ASSERT_NE(second, std::string::npos) << answer;
  EXPECT_LT(first, second);
  EXPECT_THAT(answer, EndsWith("\r\n\r\nhello"));
}

TEST_F(HttpServerTest, AppliesTheRulesForReading) {
  StartServer();
  RawConnection connection(port_);
  connection.Send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string head = connection.ReadResponse(/*has_body=*/false);
  EXPECT_THAT(head, HasSubstr("\r\nContent-Length: 5\r\n"));
  EXPECT_THAT(head, EndsWith("\r\n\r\n"));
  connection.Send("GET /hello HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"h\"\r\n\r\n");
  EXPECT_THAT(connection.ReadResponse(), StartsWith("HTTP/1.1 304 Not Modified\r\n"));
  connection.Send("GET /hello HTTP/1.1\r\nHost: a\r\nRange: bytes=1-3\r\n\r\n");
  const std::string range = connection.ReadResponse();
  EXPECT_THAT(range, StartsWith("HTTP/1.1 206 "));
  EXPECT_THAT(range, HasSubstr("\r\nContent-Range: bytes 1-3/5\r\n"));
  EXPECT_THAT(range, EndsWith("\r\n\r\nell"));
  connection.Send("GET /hello HTTP/1.1\r\nHost: a\r\nRange: bytes=9-\r\n\r\n");
  EXPECT_THAT(connection.ReadResponse(), StartsWith("HTTP/1.1 416 "));
}

TEST_F(HttpServerTest, ReadsBodies) {
  StartServer();
  RawConnection connection(port_);
  connection.Send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: x\r\n\r\n");
  EXPECT_THAT(connection.ReadResponse(), EndsWith("POST 127.0.0.1 abcde"));
  const std::string large(TestHttpHandler::kEchoBytes, 'x');
  connection.Send("PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " +
                  std::to_string(large.size()) + "\r\n\r\n" + large);
  EXPECT_THAT(connection.ReadResponse(), EndsWith("PUT 127.0.0.1 " + large));
}

TEST_F(HttpServerTest, TellsWaitingClientsToGoOn) {
  StartServer();
  RawConnection connection(port_);
  connection.Send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(connection.ReadResponse(), "HTTP/1.1 100 Continue\r\n\r\n");
  connection.Send("abc");
  EXPECT_THAT(connection.ReadResponse(), EndsWith("abc"));
  EXPECT_THAT(Say("POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999\r\n"
                  "Expect: 100-continue\r\n\r\n"),
              StartsWith("HTTP/1.1 413 "));
}

TEST_F(HttpServerTest, SendsLargeBodies) {
  StartServer();
  const std::string answer = Say("GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, EndsWith("\r\n\r\n" + std::string(TestHttpHandler::kBigBytes, 'b')));
}

TEST_F(HttpServerTest, RefusesBadRequests) {
  HttpServerOptions options;
  options.max_header_bytes = 4096;
  options.max_target_bytes = 1000;
  StartServer(options);
  const std::string host = " HTTP/1.1\r\nHost: a\r\n";
  const struct {
    std::string request;
    std::string status;
  } kCases[] = {
      {"nonsense\r\n\r\n", "400"},
      {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
      {"GET /\r\n\r\n", "400"},
      {"G\x01T / HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
      {"GET hello" + host + "\r\n", "400"},
      {"GET *" + host + "\r\n", "400"},
      {"GET ftp://a/" + host + "\r\n", "400"},
      {"GET /hello HTTP/1.1\r\n\r\n", "400"},
      {"GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"},
      {"GET /hello HTTP/2.0\r\nHost: a\r\n\r\n", "505"},
      {"GET /hello HTTP/0.9\r\nHost: a\r\n\r\n", "505"},
      {"GET /hello" + host + "Bad Header: x\r\n\r\n", "400"},
      {"GET /hello" + host + "no colon\r\n\r\n", "400"},
      {"POST /echo" + host + "Content-Length: -1\r\n\r\n", "400"},
      {"POST /echo" + host + "Content-Length: 1x\r\n\r\n", "400"},
      {"POST /echo" + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", "400"},
      {"POST /echo" + host + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       "400"},
      {"POST /echo" + host + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "400"},
      {"GET /" + std::string(1000, 'x') + host + "\r\n", "414"},
      {"GET /hello" + host + "X: " + std::string(5000, 'x') + "\r\n\r\n", "431"},
      {"GET /hello" + host + "X: " + std::string(200'000, 'x'), "431"},
      {"POST /hello" + host + "Content-Length: 131073\r\n\r\n", "413"},
      {"POST /hello" + host + "Content-Length: 18446744073709551615\r\n\r\n", "413"},
      {"POST /hello" + host + "Transfer-Encoding: chunked\r\n\r\n20001\r\n" +
           std::string(0x20001, 'x') + "\r\n0\r\n\r\n",
       "413"},
  };
  for (const auto& c : kCases) {
    const std::string answer = Say(c.request);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + c.status + " ")) << c.request.substr(0, 80);
    EXPECT_THAT(answer, HasSubstr("{\"error\":{\"code\":\"")) << c.request.substr(0, 80);
    EXPECT_THAT(answer, HasSubstr("\r\nConnection: close\r\n"));
  }
}

TEST_F(HttpServerTest, PassesOnWhatItDoesNotKnow) {
  StartServer();
  RawConnection connection(port_);
  connection.Send("BREW /echo HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(connection.ReadResponse(), EndsWith("BREW 127.0.0.1 "));
  connection.Send("GET http://other/hello HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(connection.ReadResponse(), EndsWith("hello"));
  connection.Send("GET /none HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(connection.ReadResponse(), StartsWith("HTTP/1.1 404 Not Found\r\n"));
}

TEST_F(HttpServerTest, SurvivesEarlyCloses) {
  StartServer();
  for (const char* part :
       {"", "G", "GET /hello HTTP/1.1\r\nHo", "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"}) {
    RawConnection connection(port_);
    connection.Send(part);
  }
  RawConnection half(port_);
  half.Send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc");
  half.CloseWrite();
  EXPECT_EQ(half.ReadToEnd(), "");
  RawConnection whole(port_);
  whole.Send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  whole.CloseWrite();
  EXPECT_THAT(whole.ReadToEnd(), EndsWith("hello"));
}

TEST_F(HttpServerTest, HandlersMayAnswerFromAnywhereOrNotAtAll) {
  StartServer();
  RawConnection connection(port_);
  connection.Send("GET /thread HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(connection.ReadResponse(), EndsWith("from a thread"));
  connection.Send("GET /drop HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(connection.ReadResponse(), StartsWith("HTTP/1.1 500 "));
  connection.Send("GET /throw HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string thrown = connection.ReadResponse();
  EXPECT_THAT(thrown, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(thrown, Not(HasSubstr("on purpose")));
  connection.Send("GET /twice HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(connection.ReadResponse(), EndsWith("first"));
  connection.Send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(connection.ReadResponse(), EndsWith("hello"));
}

TEST_F(HttpServerTest, ASlowHandlerIs504AndMayStillAnswer) {
  HttpServerOptions options;
  options.handler_timeout = absl::Milliseconds(20);
  StartServer(options);
  RawConnection connection(port_);
  connection.Send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(connection.ReadResponse(), StartsWith("HTTP/1.1 504 "));
  handler_.ReleaseHeld();
  connection.Send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(connection.ReadResponse(), EndsWith("hello"));
}

TEST_F(HttpServerTest, SlowRequestsAreCutOff) {
  HttpServerOptions options;
  options.read_timeout = absl::Milliseconds(50);
  StartServer(options);
  EXPECT_EQ(Say("GET /hello HTTP/1.1\r\nHost:"), "");
  EXPECT_EQ(Say("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"), "");
}

// One byte now and then must not keep a connection: the deadline is for the whole request.
TEST_F(HttpServerTest, ATrickleDoesNotExtendTheDeadline) {
  HttpServerOptions options;
  options.read_timeout = absl::Milliseconds(100);
  StartServer(options);
  RawConnection connection(port_);
  connection.Send("GET /hello HTTP/1.1\r\nX: ");
  Notification done;
  std::thread trickle([&] {
    while (!done.WaitFor(absl::Milliseconds(5))) connection.Send("x");
  });
  bool timed_out = false;
  EXPECT_EQ(connection.ReadToEnd(&timed_out), "");
  EXPECT_FALSE(timed_out);
  done.Notify();
  trickle.join();
}

TEST_F(HttpServerTest, IdleConnectionsAreClosedSilently) {
  HttpServerOptions options;
  options.idle_timeout = absl::Milliseconds(20);
  StartServer(options);
  EXPECT_EQ(Say(""), "");
  // On a slow machine a connection may be closed before its request was sent.
  std::string answer;
  while (answer.empty()) answer = Say("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(answer, EndsWith("hello"));
}

TEST_F(HttpServerTest, ConnectionsAreLimited) {
  HttpServerOptions options;
  options.max_connections = 1;
  StartServer(options);
  RawConnection first(port_);
  first.Send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
  handler_.WaitUntilHeld();
  EXPECT_THAT(Say(""), StartsWith("HTTP/1.1 503 "));
  handler_.ReleaseHeld();
  EXPECT_THAT(first.ReadResponse(), EndsWith("held"));
}

TEST_F(HttpServerTest, BufferedBodiesAreLimitedTogether) {
  HttpServerOptions options;
  options.max_buffered_body_bytes = 1000;
  StartServer(options);
  EXPECT_THAT(Say("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n"),
              StartsWith("HTTP/1.1 503 "));
  RawConnection connection(port_);
  for (int i = 0; i < 3; ++i) {  // what was used is given back
    connection.Send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" +
                    std::string(1000, 'x'));
    EXPECT_THAT(connection.ReadResponse(), StartsWith("HTTP/1.1 200 "));
  }
}

TEST_F(HttpServerTest, StopLetsRequestsInFlightFinish) {
  StartServer();
  RawConnection idle(port_);
  RawConnection busy(port_);
  busy.Send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
  handler_.WaitUntilHeld();
  std::thread stopper([this] { server_->Stop(); });
  EXPECT_EQ(idle.ReadToEnd(), "");  // so the server is draining
  handler_.ReleaseHeld();
  const std::string answer = busy.ReadToEnd();
  EXPECT_THAT(answer, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(answer, EndsWith("held"));
  stopper.join();
  EXPECT_EQ(server_->connections(), 0u);
  server_->Stop();
}

TEST_F(HttpServerTest, StopDoesNotWaitForEver) {
  HttpServerOptions options;
  options.drain_timeout = absl::Milliseconds(20);
  StartServer(options);
  RawConnection busy(port_);
  busy.Send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
  handler_.WaitUntilHeld();
  server_->Stop();
  EXPECT_EQ(busy.ReadToEnd(), "");
  server_.reset();
  handler_.ReleaseHeld();  // harmless
}

TEST_F(HttpServerTest, AnAddressInUseIsAClearError) {
  StartServer();
  auto second = HttpServer::Create({}, &handler_);
  const auto port = (*second)->Start("127.0.0.1", port_);
  EXPECT_EQ(ReasonOf(port.status()), "CANNOT_LISTEN");
  EXPECT_THAT(std::string(port.status().message()), HasSubstr("127.0.0.1 port"));
  EXPECT_EQ(ReasonOf((*second)->Start("no address", 0).status()), "CANNOT_LISTEN");
}

TEST_F(HttpServerTest, ManyClientsAtOnce) {
  StartServer();
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([this, i] {
      RawConnection connection(port_);
      for (int j = 0; j < 50; ++j) {
        const std::string path = j % 2 == 0 ? "/hello" : "/thread";
        connection.Send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
        EXPECT_THAT(connection.ReadResponse(), StartsWith("HTTP/1.1 200 ")) << i << " " << j;
      }
    });
  }
  for (std::thread& client : clients) client.join();
}

TEST_F(HttpServerTest, BadTlsSettingsAreRefused) {
  HttpServerOptions options;
  options.tls_certificate_pem = "x";
  EXPECT_EQ(ReasonOf(HttpServer::Create(options, &handler_).status()), "TLS_CONFIG_INVALID");
  options.tls_private_key_pem = "y";
  EXPECT_EQ(ReasonOf(HttpServer::Create(options, &handler_).status()), "TLS_CONFIG_INVALID");
}

}  // namespace
}  // namespace candor
