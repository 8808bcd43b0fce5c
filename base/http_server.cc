// SPDX-License-Identifier: Apache-2.0
#include "base/http_server.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/http_session.h"
#include "base/log.h"
#include "base/mutex.h"
#include "base/tls_context.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
constexpr size_t kMaxClosing = 64;
constexpr auto kAcceptRetryDelay = std::chrono::milliseconds(100);

// The peer's address, the same for IPv4 however it arrived.
std::string PeerAddress(const tcp::socket& socket) {
  boost::system::error_code error;
  const tcp::endpoint endpoint = socket.remote_endpoint(error);
  if (error) return "";
  const asio::ip::address address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

absl::Status CannotListen(const std::string& host, uint16_t port,
                          const boost::system::error_code& error) {
  return Refuse(absl::StatusCode::kUnavailable, "CANNOT_LISTEN",
                absl::StrCat("cannot listen on ", host, " port ", port, ": ", error.message()));
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(HttpServerOptions options, HttpHandler* handler,
       std::unique_ptr<asio::ssl::context> tls_context)
      : sessions_(std::move(options), handler),
        tls_context_(std::move(tls_context)),
        accept_strand_(asio::make_strand(io_)),
        acceptor_(accept_strand_),
        retry_timer_(accept_strand_) {}

  absl::StatusOr<uint16_t> Start(const std::string& host, uint16_t port) {
    CANDOR_ASSIGN_OR_RETURN(const uint16_t bound, Listen(host, port));
    asio::co_spawn(accept_strand_, Accept(), asio::detached);
    const size_t threads = std::max<size_t>(sessions_.options().io_threads, 1);
    for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { RunIo(); });
    return bound;
  }

  void Stop() {
    sessions_.StartDraining();
    if (!threads_.empty()) {
      Notification closed;
      asio::post(accept_strand_, [this, &closed] {
        boost::system::error_code ignored;
        acceptor_.close(ignored);
        retry_timer_.cancel();
        // On the strand, so that a connection accepted just before is among them.
        for (const auto& session : sessions_.All()) session->Shutdown(/*force=*/false);
        closed.Notify();
      });
      closed.Wait();
      if (!sessions_.WaitUntilEmpty(sessions_.options().drain_timeout)) {
        LogWarning("requests in flight were cut off at shutdown", {{"count", sessions_.count()}});
        for (const auto& session : sessions_.All()) session->Shutdown(/*force=*/true);
        sessions_.WaitUntilEmpty(absl::Seconds(5));
      }
    }
    work_.reset();
    io_.stop();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  size_t connections() const { return sessions_.count(); }

 private:
  absl::StatusOr<uint16_t> Listen(const std::string& host, uint16_t port) {
    boost::system::error_code error;
    const asio::ip::address address =
        asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, error);
    if (error) return CannotListen(host, port, error);
    const tcp::endpoint endpoint(address, port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      boost::system::error_code ignored;
      acceptor_.close(ignored);
      return CannotListen(host, port, error);
    }
    return acceptor_.local_endpoint(error).port();
  }

  void RunIo() {
    while (true) {
      try {
        io_.run();
        return;
      } catch (const std::exception& error) {
        LogError("an HTTP server thread caught an exception", {{"what", error.what()}});
      }
    }
  }

  asio::awaitable<void> Accept() {
    while (!sessions_.draining()) {
      auto [error, socket] = co_await acceptor_.async_accept(asio::make_strand(io_), kToken);
      if (sessions_.draining() || error == asio::error::operation_aborted) co_return;
      if (error) {
        // Typically out of file descriptors: connections that end make room.
        LogWarning("cannot accept a connection", {{"error", error.message()}});
        retry_timer_.expires_after(kAcceptRetryDelay);
        co_await retry_timer_.async_wait(kToken);
        continue;
      }
      Serve(std::move(socket));
    }
  }

  void Serve(tcp::socket socket) {
    boost::system::error_code ignored;
    if (!MakeRoom()) {
      Refuse503(std::move(socket));
      return;
    }
    socket.set_option(tcp::no_delay(true), ignored);
    std::string peer = PeerAddress(socket);
    std::shared_ptr<HttpSession> session =
        tls_context_ == nullptr
            ? NewTcpSession(&sessions_, std::move(peer), std::move(socket))
            : NewTlsSession(&sessions_, std::move(peer), std::move(socket), *tls_context_);
    session->Start();
  }

  // Connections that say nothing must not keep others out: the one that has waited longest for its
  // peer goes. It takes a moment to be gone, so a few more than the limit may be open.
  bool MakeRoom() {
    const size_t limit = sessions_.options().max_connections;
    const size_t open = sessions_.count();
    if (open < limit) return true;
    if (open >= limit + kMaxClosing) return false;
    const std::shared_ptr<HttpSession> longest = sessions_.TakeLongestWaiting();
    if (longest == nullptr) return false;
    longest->Shed();
    return true;
  }

  // One attempt without waiting: a full server has nothing to spare.
  void Refuse503(tcp::socket socket) {
    static constexpr char kAnswer[] =
        "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\n"
        "Content-Length: 0\r\n\r\n";
    boost::system::error_code ignored;
    socket.non_blocking(true, ignored);
    if (tls_context_ == nullptr) {
      socket.write_some(asio::buffer(kAnswer, sizeof(kAnswer) - 1), ignored);
    }
    socket.shutdown(tcp::socket::shutdown_send, ignored);
  }

  // Sessions use this until the last one is gone, so it is destroyed after io_.
  HttpSessions sessions_;
  std::unique_ptr<asio::ssl::context> tls_context_;
  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(io_);
  asio::strand<asio::io_context::executor_type> accept_strand_;
  tcp::acceptor acceptor_;
  asio::steady_timer retry_timer_;
  std::vector<std::thread> threads_;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpServer::~HttpServer() { Stop(); }

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Create(HttpServerOptions options,
                                                               HttpHandler* handler) {
  std::unique_ptr<asio::ssl::context> tls_context;
  if (options.tls_certificate_pem.empty() != options.tls_private_key_pem.empty()) {
    return Refuse(absl::StatusCode::kInvalidArgument, "TLS_CONFIG_INVALID",
                  "TLS needs both a certificate and a private key");
  }
  if (!options.tls_certificate_pem.empty()) {
    CANDOR_ASSIGN_OR_RETURN(
        tls_context, NewServerTlsContext(options.tls_certificate_pem, options.tls_private_key_pem));
  }
  auto impl = std::make_unique<Impl>(std::move(options), handler, std::move(tls_context));
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

absl::StatusOr<uint16_t> HttpServer::Start(const std::string& host, uint16_t port) {
  return impl_->Start(host, port);
}

void HttpServer::Stop() { impl_->Stop(); }

size_t HttpServer::connections() const { return impl_->connections(); }

}  // namespace candor
