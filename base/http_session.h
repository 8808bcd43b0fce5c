// SPDX-License-Identifier: Apache-2.0
//
// Internal to the HTTP server: what its sessions share, and how they are made. One source per
// transport holds the instantiated session, because Beast takes long to compile.

#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <cstdint>
#include <list>
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

// What is known of the peer without reading: half closed is one that will send no more, be it that
// it only waits for an answer, be it that it closed.
enum class PeerState { kThere, kHalfClosed, kGone };
// Does not block.
PeerState LookAtPeer(boost::asio::ip::tcp::socket& socket);

// One connection. Lives as long as its coroutine.
class HttpSession {
 public:
  virtual ~HttpSession() = default;
  // Starts the coroutine on the session's own strand.
  virtual void Start() = 0;
  // Ends the connection now if it is between requests, or in any case when `force`. Any thread.
  virtual void Shutdown(bool force) = 0;
  // Ends the connection unless a request is being answered. Any thread.
  virtual void Shed() = 0;
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
  // The session waits for its peer from now on, or does no longer.
  void SetWaiting(HttpSession* key, bool waiting);
  // The one that has waited longest, which from now on counts as not waiting; null when none waits.
  std::shared_ptr<HttpSession> TakeLongestWaiting();
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
  // Both hold the same sessions: by when they began to wait, and where they are in that.
  std::list<HttpSession*> waiting_ ABSL_GUARDED_BY(mutex_);
  std::map<HttpSession*, std::list<HttpSession*>::iterator> waits_ ABSL_GUARDED_BY(mutex_);
};

// Gives reserved bytes back, also when the coroutine is destroyed.
class HttpBodyReservation {
 public:
  explicit HttpBodyReservation(HttpSessions* sessions) : sessions_(sessions) {}
  ~HttpBodyReservation() { sessions_->ReleaseBody(bytes_); }
  HttpBodyReservation(const HttpBodyReservation&) = delete;
  HttpBodyReservation& operator=(const HttpBodyReservation&) = delete;
  bool Reserve(size_t bytes) {
    if (!sessions_->ReserveBody(bytes)) return false;
    bytes_ += bytes;
    return true;
  }

 private:
  HttpSessions* const sessions_;
  size_t bytes_ = 0;
};

// `peer` is an IP address. The socket's executor must be a strand of its own.
std::shared_ptr<HttpSession> NewTcpSession(HttpSessions* sessions, std::string peer,
                                           boost::asio::ip::tcp::socket socket);
std::shared_ptr<HttpSession> NewTlsSession(HttpSessions* sessions, std::string peer,
                                           boost::asio::ip::tcp::socket socket,
                                           boost::asio::ssl::context& context);

}  // namespace candor
