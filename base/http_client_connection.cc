// SPDX-License-Identifier: Apache-2.0
#include "base/http_client_connection.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <cerrno>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/http_client_wire.h"
#include "core/util/reason.h"

namespace candor {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
constexpr uint32_t kMaxHeaderBytes = 32 * 1024;
constexpr size_t kBufferBytes = 128 * 1024;
constexpr int kMaxInterimResponses = 8;

std::string Where(const Url& url) { return absl::StrCat(url.host, " port ", url.port); }

absl::Status Unavailable(const char* reason, const std::string& message) {
  return Refuse(absl::StatusCode::kUnavailable, reason, message);
}

absl::Status Timeout(const Url& url) {
  return Refuse(absl::StatusCode::kDeadlineExceeded, "FETCH_TIMEOUT",
                absl::StrCat("no complete answer from ", Where(url), " in time"));
}

absl::Status ExchangeError(const Url& url, const HttpRequestSpec& spec,
                           const beast::error_code& error) {
  if (error == beast::error::timeout) return Timeout(url);
  if (error == http::error::body_limit || error == http::error::header_limit ||
      error == http::error::buffer_overflow) {
    return ResponseTooLarge(url, spec.max_response_bytes);
  }
  const bool lost = error == http::error::end_of_stream || error == http::error::partial_message;
  if (!lost && error.category() == http::make_error_code(http::error::bad_version).category()) {
    return Refuse(
        absl::StatusCode::kDataLoss, "RESPONSE_MALFORMED",
        absl::StrCat("the answer of ", Where(url), " is not well-formed HTTP: ", error.message()));
  }
  return Unavailable("CONNECTION_LOST", absl::StrCat("the connection to ", Where(url),
                                                     " was lost: ", error.message()));
}

std::string_view View(beast::string_view text) { return {text.data(), text.size()}; }

template <typename Stream>
class BasicConnection final : public HttpConnection {
 public:
  template <typename... Arguments>
  explicit BasicConnection(asio::any_io_executor executor, Arguments&&... arguments)
      : executor_(executor),
        stream_(executor, std::forward<Arguments>(arguments)...),
        buffer_(kBufferBytes) {}

  asio::awaitable<absl::Status> Open(const Url& url, Deadline deadline) override {
    tcp::resolver resolver(executor_);
    auto [resolve_error, results] =
        co_await resolver.async_resolve(url.host, std::to_string(url.port), kToken);
    if (resolve_error) {
      co_return Unavailable("HOST_NOT_FOUND", absl::StrCat("cannot find the host ", url.host, ": ",
                                                           resolve_error.message()));
    }
    beast::tcp_stream& transport = beast::get_lowest_layer(stream_);
    transport.expires_at(deadline);
    auto [error, endpoint] = co_await transport.async_connect(results, kToken);
    if (error == beast::error::timeout) co_return Timeout(url);
    if (error) {
      co_return Unavailable("CONNECT_FAILED",
                            absl::StrCat("cannot connect to ", Where(url), ": ", error.message()));
    }
    beast::error_code ignored;
    transport.socket().set_option(tcp::no_delay(true), ignored);
    if constexpr (std::is_same_v<Stream, TlsStream>) co_return co_await Handshake(url);
    co_return absl::OkStatus();
  }

  asio::awaitable<absl::StatusOr<HttpExchangeResult>> Exchange(const HttpRequestSpec& spec,
                                                               const Url& url,
                                                               const std::string& header,
                                                               Deadline deadline) override {
    beast::get_lowest_layer(stream_).expires_at(deadline);
    // Not as two buffers at once: a TLS stream of Beast loses what follows the first one.
    const asio::const_buffer head(header.data(), header.size());
    auto [write_error, head_bytes] = co_await asio::async_write(stream_, head, kToken);
    if (!write_error && !spec.body.empty()) {
      const asio::const_buffer body(spec.body.data(), spec.body.size());
      auto [body_error, body_bytes] = co_await asio::async_write(stream_, body, kToken);
      write_error = body_error;
    }
    // A server that refuses a request early may have answered before it closed: read that first.
    for (int i = 0; i < kMaxInterimResponses; ++i) {
      http::response_parser<http::string_body> parser;
      parser.header_limit(kMaxHeaderBytes);
      parser.body_limit(spec.max_response_bytes);
      if (spec.method == "HEAD") parser.skip(true);
      auto [error, count] = co_await http::async_read(stream_, buffer_, parser, kToken);
      if (error) co_return ExchangeError(url, spec, error);
      if (parser.get().result_int() / 100 == 1) continue;
      const bool keep = !write_error && parser.keep_alive() && buffer_.size() == 0;
      co_return HttpExchangeResult{ToResponse(parser.release()), keep};
    }
    co_return ExchangeError(url, spec, http::make_error_code(http::error::bad_status));
  }

  bool IsQuiet() override {
    tcp::socket& socket = beast::get_lowest_layer(stream_).socket();
    if (!socket.is_open() || buffer_.size() != 0) return false;
    char byte = 0;
    const ssize_t got = recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }

  void Close() override { beast::get_lowest_layer(stream_).close(); }

 private:
  static HttpResponse ToResponse(http::response<http::string_body> message) {
    HttpResponse response;
    response.status = static_cast<int>(message.result_int());
    for (const auto& field : message) {
      response.headers.Add(View(field.name_string()), View(field.value()));
    }
    response.body = std::make_shared<const std::string>(std::move(message.body()));
    return response;
  }

  asio::awaitable<absl::Status> Handshake(const Url& url) {
    SSL* ssl = stream_.native_handle();
    // A certificate must be for the name or address in the URL.
    X509_VERIFY_PARAM* parameters = SSL_get0_param(ssl);
    const bool is_address = X509_VERIFY_PARAM_set1_ip_asc(parameters, url.host.c_str()) == 1;
    if (!is_address) {
      X509_VERIFY_PARAM_set1_host(parameters, url.host.data(), url.host.size());
      SSL_set_tlsext_host_name(ssl, url.host.c_str());
    }
    auto [error] = co_await stream_.async_handshake(asio::ssl::stream_base::client, kToken);
    if (!error) co_return absl::OkStatus();
    if (error == beast::error::timeout) co_return Timeout(url);
    const long verified = SSL_get_verify_result(ssl);
    const std::string why =
        verified == X509_V_OK ? error.message() : X509_verify_cert_error_string(verified);
    co_return Unavailable("TLS_FAILED",
                          absl::StrCat("no trusted TLS connection to ", Where(url), ": ", why));
  }

  asio::any_io_executor executor_;
  Stream stream_;
  beast::flat_buffer buffer_;
};

}  // namespace

std::shared_ptr<HttpConnection> NewTcpConnection(asio::any_io_executor executor) {
  return std::make_shared<BasicConnection<PlainStream>>(std::move(executor));
}

std::shared_ptr<HttpConnection> NewTlsConnection(asio::any_io_executor executor,
                                                 asio::ssl::context& context) {
  return std::make_shared<BasicConnection<TlsStream>>(std::move(executor), context);
}

}  // namespace candor
