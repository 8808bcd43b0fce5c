// SPDX-License-Identifier: Apache-2.0
//
// Internal to the HTTP client: one connection, plain or TLS, and one request on it.

#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/error.hpp>
#include <chrono>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/http_client.h"
#include "base/http_types.h"
#include "base/url.h"

namespace candor {

struct HttpExchangeResult {
  HttpResponse response;
  bool keep = false;  // the connection can serve another request
};

// Not thread-safe: everything happens on the executor's one thread.
class HttpConnection {
 public:
  using Deadline = std::chrono::steady_clock::time_point;
  virtual ~HttpConnection() = default;

  // Resolves, connects and shakes hands.
  virtual boost::asio::awaitable<absl::Status> Open(const Url& url, Deadline deadline) = 0;
  // `spec` and `url` must stay valid until it is done. After an error the connection is of no use.
  virtual boost::asio::awaitable<absl::StatusOr<HttpExchangeResult>> Exchange(
      const HttpRequestSpec& spec, const Url& url, const std::string& header,
      Deadline deadline) = 0;
  // False when the peer has closed it, or sent something that nobody asked for.
  virtual bool IsQuiet() = 0;
  // Ends what is going on with an error.
  virtual void Close() = 0;
};

std::shared_ptr<HttpConnection> NewTcpConnection(boost::asio::any_io_executor executor);
std::shared_ptr<HttpConnection> NewTlsConnection(boost::asio::any_io_executor executor,
                                                 boost::asio::ssl::context& context);

}  // namespace candor
