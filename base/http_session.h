// SPDX-License-Identifier: Apache-2.0
//
// Internal to the HTTP server: what its sessions share, and how they are made. One source per
// transport holds the instantiated session, because Beast takes long to compile.

#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "base/http_server.h"
#include "base/http_types.h"
#include "base/mutex.h"

namespace candor {

// One connection. Lives as long as its coroutine.
class HttpSession {
 public:
  virtual ~HttpSession() = default;
  // Starts the coroutine on the session's own strand.
  virtual void Start() = 0;
  // Ends the connection now if it is between requests, or in any case when `force`. Any thread.
  virtual void Shutdown(bool force) = 0;
};

// State that all sessions of one server share. Thread-safe.
class HttpSessions {
 public:
  HttpSessions(HttpServerOptions options, HttpHandler* handler)
      : options_(std::move(options)), handler_(handler) {}

  const HttpServerOptions& options() const { return options_; }
  HttpHandler& handler() { return *handler_; }
  bool draining() const { return draining_; }
  void StartDraining() { draining_ = true; }

  void Add(HttpSession* key, std::weak_ptr<HttpSession> session);
  void Remove(HttpSession* key);
  size_t count() const;
  std::vector<std::shared_ptr<HttpSession>> All() const;
  // False when sessions were left after `timeout`.
  bool WaitUntilEmpty(absl::Duration timeout);

  // Accounts for body bytes about to be buffered; false when all connections together would hold
  // too much.
  bool ReserveBody(size_t bytes);
  void ReleaseBody(size_t bytes);

 private:
  const HttpServerOptions options_;
  HttpHandler* const handler_;
  std::atomic<bool> draining_{false};
  std::atomic<size_t> body_bytes_{0};
  mutable Mutex mutex_;
  CondVar changed_;
  std::map<HttpSession*, std::weak_ptr<HttpSession>> sessions_ ABSL_GUARDED_BY(mutex_);
};

// `peer` is an IP address. The socket's executor must be a strand of its own.
std::shared_ptr<HttpSession> NewTcpSession(HttpSessions* sessions, std::string peer,
                                           boost::asio::ip::tcp::socket socket);
std::shared_ptr<HttpSession> NewTlsSession(HttpSessions* sessions, std::string peer,
                                           boost::asio::ip::tcp::socket socket,
                                           boost::asio::ssl::context& context);

}  // namespace candor
