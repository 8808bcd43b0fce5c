// SPDX-License-Identifier: Apache-2.0
#include "base/http_session_impl.h"

namespace candor {
namespace {

using Stream = boost::beast::tcp_stream;

struct TcpTransport {
  static boost::asio::awaitable<boost::beast::error_code> Handshake(Stream&) {
    co_return boost::beast::error_code();
  }
  static boost::asio::awaitable<void> SayGoodbye(Stream& stream) {
    boost::beast::error_code ignored;
    stream.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_both, ignored);
    co_return;
  }
};

}  // namespace

std::shared_ptr<HttpSession> NewTcpSession(HttpSessions* sessions, std::string peer,
                                           boost::asio::ip::tcp::socket socket) {
  return std::make_shared<BasicHttpSession<Stream, TcpTransport>>(sessions, std::move(peer),
                                                                  std::move(socket));
}

}  // namespace candor
