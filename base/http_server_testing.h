// SPDX-License-Identifier: Apache-2.0
//
// For tests of the HTTP server: a handler with one path per behaviour, a server of it, and a raw
// connection.

#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/http_server.h"
#include "base/http_types.h"
#include "base/mutex.h"

namespace candor {

// /hello  "hello" with an ETag          /echo   method, peer and body
// /thread answers from another thread   /hold   waits for ReleaseHeld
// /drop   drops its responder           /throw  throws
// /big    kBigBytes bytes               /twice  answers "first", then again
// Bodies: /echo takes kEchoBytes, everything else the server's limit.
class TestHttpHandler final : public HttpHandler {
 public:
  static constexpr size_t kBigBytes = 3 * 1024 * 1024 + 17;
  static constexpr size_t kEchoBytes = 2 * 1024 * 1024;

  ~TestHttpHandler() override;
  void Handle(HttpRequest request, HttpResponder respond) override;
  std::optional<size_t> MaxBodyBytes(std::string_view method, std::string_view path) const override;

  void WaitUntilHeld() { held_.Wait(); }
  bool held() const { return held_.HasBeenNotified(); }
  // Answers a held request with "held"; from the calling thread.
  void ReleaseHeld();

 private:
  Mutex mutex_;
  HttpResponder held_responder_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_ ABSL_GUARDED_BY(mutex_);
  Notification held_;
};

// A server of that handler on a port that the system chose.
class HttpServerFixture : public testing::Test {
 protected:
  void StartServer(HttpServerOptions options = {}) {
    auto server = HttpServer::Create(std::move(options), &handler_);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    const auto port = server_->Start();
    ASSERT_TRUE(port.ok()) << port.status();
    port_ = *port;
  }

  TestHttpHandler handler_;
  std::unique_ptr<HttpServer> server_;
  uint16_t port_ = 0;
};

// A TCP connection that says exactly what it is told to. Reads give up after a minute.
class RawConnection {
 public:
  explicit RawConnection(uint16_t port);
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  // False when the peer has closed.
  bool Send(std::string_view data);
  void CloseWrite();
  // Closes at once, with a reset; nothing can be sent or read any more.
  void Reset();
  // Header and body by Content-Length; what was read before the end if the peer closes.
  std::string ReadResponse(bool has_body = true);
  // Until the peer closes; `*timed_out` tells if it did not.
  std::string ReadToEnd(bool* timed_out = nullptr);

 private:
  bool Fill();

  int fd_;
  std::string buffer_;
  bool timed_out_ = false;
};

}  // namespace candor
