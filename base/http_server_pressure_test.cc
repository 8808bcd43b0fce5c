// SPDX-License-Identifier: Apache-2.0
//
// The HTTP server and peers that leave, say nothing, or say two things at once.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/http_server.h"
#include "base/http_server_testing.h"

namespace candor {
namespace {

using testing::AnyOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr char kHello[] = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr char kHold[] = "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n";

class HttpServerPressureTest : public HttpServerFixture {
 protected:
  void StartServer(HttpServerOptions options = {}) {
    // What is tested comes earlier than any of these.
    options.handler_timeout = options.idle_timeout = options.read_timeout = absl::Minutes(5);
    options.drain_timeout = absl::Minutes(5);
    HttpServerFixture::StartServer(std::move(options));
  }

  // Until so many connections are open; requests on one of their own pace it.
  bool AwaitConnections(size_t count) {
    const absl::Time deadline = absl::Now() + absl::Minutes(1);
    RawConnection pace(port_);
    while (absl::Now() < deadline) {
      pace.Send(kHello);
      pace.ReadResponse();
      if (server_->connections() == count + 1) return true;
    }
    return false;
  }

  // A connection that was served. The server counts another one as waiting only a moment after its
  // client has read the answer; until then it may rightly say that it is full.
  std::unique_ptr<RawConnection> ServedConnection() {
    const absl::Time deadline = absl::Now() + absl::Minutes(1);
    while (absl::Now() < deadline) {
      auto connection = std::make_unique<RawConnection>(port_);
      connection->Send(kHello);
      const std::string answer = connection->ReadResponse();
      if (absl::EndsWith(answer, "hello")) return connection;
      EXPECT_THAT(answer, AnyOf("", StartsWith("HTTP/1.1 503 ")));
    }
    ADD_FAILURE() << "nobody made room";
    return nullptr;
  }
};

// Each of these is two requests to one reader and one to another.
TEST_F(HttpServerPressureTest, ARequestWithoutOneClearEndIsRefused) {
  StartServer();
  const std::string smuggled = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
  for (const std::string& fields : std::vector<std::string>{
           "Transfer-Encoding: gzip\r\n",
           "Transfer-Encoding: identity\r\n",
           "Transfer-Encoding: gzip, chunked\r\n",
           "Transfer-Encoding: chunked, gzip\r\n",
           "Transfer-Encoding: chunked, chunked\r\n",
           "Transfer-Encoding: xchunked\r\n",
           "Transfer-Encoding: \"chunked\"\r\n",
           "Transfer-Encoding: chunked;a=b\r\n",
           "Transfer-Encoding:\r\n",
           "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
           "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
           "Transfer-Encoding: gzip\r\nContent-Length: 31\r\n",
           "Content-Length: 31\r\nTransfer-Encoding: gzip\r\n",
           "Transfer-Encoding: chunked\r\nContent-Length: 31\r\n",
           "Content-Length: 31\r\nTransfer-Encoding: chunked\r\n",
           "Content-Length: 31\r\nContent-Length: 31\r\n",
           "Content-Length: 0\r\nContent-Length: 31\r\n",
           "Content-Length: 31, 31\r\n",
           "Content-Length: +31\r\n",
           "Content-Length: 0x1f\r\n",
           "Content-Length: 31 31\r\n",
           "Content-Length: -1\r\n",
           "Content-Length:\r\n",
           "Content-Length: 18446744073709551647\r\n",
           "X: y\r\nHost: b\r\n",
           "Content-Length : 31\r\n",
           " Content-Length: 31\r\n",
       }) {
    for (const char* method : {"GET", "POST"}) {
      RawConnection connection(port_);
      connection.Send(std::string(method) + " /echo HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" +
                      smuggled);
      const std::string answer = connection.ReadToEnd();
      EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 ")) << fields;
      EXPECT_EQ(answer.find("HTTP/1.1", 1), std::string::npos) << fields;
    }
  }
  RawConnection old(port_);
  old.Send("POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  EXPECT_THAT(old.ReadToEnd(), StartsWith("HTTP/1.1 400 "));
  RawConnection fine(port_);
  fine.Send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n");
  EXPECT_THAT(fine.ReadResponse(), EndsWith("hi"));
}

// In whatever pieces it comes, and also when it never ends.
TEST_F(HttpServerPressureTest, AHeaderIsLimitedAsAWhole) {
  StartServer();
  std::string fields;
  while (fields.size() < 20'000) fields += "X: y\r\n";
  for (const char* end : {"\r\n", ""}) {
    RawConnection at_once(port_);
    at_once.Send("GET /hello HTTP/1.1\r\nHost: a\r\n" + fields + end);
    EXPECT_THAT(at_once.ReadToEnd(), StartsWith("HTTP/1.1 431 "));
    RawConnection in_pieces(port_);
    in_pieces.Send("GET /hello HTTP/1.1\r\nHost: a\r\n");
    for (size_t i = 0; i < fields.size(); i += 60) in_pieces.Send(fields.substr(i, 60));
    in_pieces.Send(end);
    EXPECT_THAT(in_pieces.ReadToEnd(), StartsWith("HTTP/1.1 431 "));
  }
}

TEST_F(HttpServerPressureTest, NoticesThatThePeerClosedWhileTheHandlerWorks) {
  StartServer();
  auto peer = std::make_unique<RawConnection>(port_);
  peer->Send(kHold);
  handler_.WaitUntilHeld();
  peer.reset();
  EXPECT_TRUE(AwaitConnections(0));
  handler_.ReleaseHeld();  // harmless
}

TEST_F(HttpServerPressureTest, NoticesThatThePeerResetTheConnection) {
  StartServer();
  RawConnection peer(port_);
  peer.Send(kHold);
  handler_.WaitUntilHeld();
  peer.Reset();
  EXPECT_TRUE(AwaitConnections(0));
  handler_.ReleaseHeld();  // harmless
}

TEST_F(HttpServerPressureTest, StopDoesNotWaitForPeersThatLeft) {
  StartServer();
  auto peer = std::make_unique<RawConnection>(port_);
  peer->Send(kHold);
  handler_.WaitUntilHeld();
  peer.reset();
  const absl::Time start = absl::Now();
  server_->Stop();
  EXPECT_LT(absl::Now() - start, absl::Minutes(1));
  handler_.ReleaseHeld();  // harmless
}

TEST_F(HttpServerPressureTest, AHalfClosedPeerGetsItsAnswer) {
  StartServer();
  RawConnection connection(port_);
  connection.Send(std::string(kHello) + "GET /thread HTTP/1.1\r\nHost: a\r\n\r\n" + kHello);
  connection.CloseWrite();
  EXPECT_THAT(connection.ReadResponse(), EndsWith("hello"));
  EXPECT_THAT(connection.ReadResponse(), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(connection.ReadToEnd(), EndsWith("hello"));
}

TEST_F(HttpServerPressureTest, WhoWaitsLongestForItsPeerMakesRoom) {
  HttpServerOptions options;
  options.max_connections = 3;
  StartServer(options);
  RawConnection held(port_);
  held.Send(kHold);
  handler_.WaitUntilHeld();
  RawConnection idle(port_);
  idle.Send(kHello);
  EXPECT_THAT(idle.ReadResponse(), EndsWith("hello"));
  RawConnection slow(port_);
  slow.Send(std::string(kHello) + "GET /hello HTTP/1.1\r\nHo");
  EXPECT_THAT(slow.ReadResponse(), EndsWith("hello"));

  // Each in the place of one that has waited longer, and never in that of the one in work.
  std::vector<std::unique_ptr<RawConnection>> fresh;
  for (int i = 0; i < 6; ++i) {
    fresh.push_back(ServedConnection());
  }
  for (RawConnection* longest : {&idle, &slow}) {
    bool kept = false;
    EXPECT_EQ(longest->ReadToEnd(&kept), "");
    EXPECT_FALSE(kept);
  }
  handler_.ReleaseHeld();
  EXPECT_THAT(held.ReadResponse(), EndsWith("held"));
}

TEST_F(HttpServerPressureTest, ManySilentConnectionsKeepNobodyOut) {
  HttpServerOptions options;
  options.max_connections = 8;
  StartServer(options);
  std::vector<std::unique_ptr<RawConnection>> silent;
  for (int i = 0; i < 100; ++i) {
    silent.push_back(std::make_unique<RawConnection>(port_));
    if (i % 2 == 0) silent.back()->Send("GET /hel");
    if (i % 10 != 0) continue;
    ASSERT_NE(ServedConnection(), nullptr) << i;
  }
  EXPECT_LE(server_->connections(), 8u + 64u);
}

}  // namespace
}  // namespace candor
