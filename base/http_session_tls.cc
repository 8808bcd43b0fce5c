// SPDX-License-Identifier: Apache-2.0
#include <boost/beast/ssl/ssl_stream.hpp>

#include "base/http_session_impl.h"

namespace candor {
namespace {

using Stream = boost::beast::ssl_stream<boost::beast::tcp_stream>;

constexpr auto kToken = boost::asio::as_tuple(boost::asio::use_awaitable);

struct TlsTransport {
  static boost::asio::awaitable<boost::beast::error_code> Handshake(Stream& stream) {
    auto [error] = co_await stream.async_handshake(boost::asio::ssl::stream_base::server, kToken);
    co_return error;
  }
  static boost::asio::awaitable<void> SayGoodbye(Stream& stream) {
    co_await stream.async_shutdown(kToken);
  }
};

}  // namespace

std::shared_ptr<HttpSession> NewTlsSession(HttpSessions* sessions, std::string peer,
                                           boost::asio::ip::tcp::socket socket,
                                           boost::asio::ssl::context& context) {
  return std::make_shared<BasicHttpSession<Stream, TlsTransport>>(
      sessions, std::move(peer), boost::beast::tcp_stream(std::move(socket)), context);
}

}  // namespace candor
