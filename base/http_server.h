// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/http_types.h"

namespace candor {

struct HttpServerOptions {
  // Both or neither: PEM chain and PEM key; with them the port speaks TLS 1.2 or 1.3 only.
  std::string tls_certificate_pem;
  std::string tls_private_key_pem;

  size_t io_threads = 2;
  // When one more comes, the connection that has waited longest for its peer (for a request, or for
  // the rest of one) is closed; when all are being answered, the new one gets 503.
  size_t max_connections = 1024;
  size_t max_header_bytes = 16 * 1024;  // 431 beyond
  size_t max_target_bytes = 8 * 1024;   // 414 beyond
  size_t max_body_bytes = 128 * 1024;   // 413 beyond; a handler may set its own per route
  size_t max_buffered_body_bytes = 512 * 1024 * 1024;  // all connections together; 503 beyond
  absl::Duration idle_timeout = absl::Seconds(60);     // between requests
  // One whole request, from its first byte; then the connection is closed. A body gets one second
  // more per 64 KiB.
  absl::Duration read_timeout = absl::Seconds(30);
  // For the handler's answer (504). A peer that closed meanwhile is not waited for.
  absl::Duration handler_timeout = absl::Seconds(30);
  absl::Duration write_timeout = absl::Seconds(60);  // for each 256 KiB of a response
  absl::Duration drain_timeout = absl::Seconds(10);  // for requests in flight at Stop
};

// HTTP/1.1 server. Beyond what handlers say it does: keep-alive, pipelining (answers in order),
// HEAD, If-Match and If-None-Match against the response's ETag, single Range on GET, gzip
// negotiation, and Access-Control-Allow-Origin: * on every answer. A body with a content coding is
// refused with 415. Nothing that a peer sends makes it throw, block
// a thread, or allocate beyond the limits. Thread-safe.
class HttpServer {
 public:
  // `handler` must outlive the server. INVALID_ARGUMENT when certificate or key can not be used.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Create(HttpServerOptions options,
                                                            HttpHandler* handler);
  // Stops.
  ~HttpServer();

  // Binds, listens and serves until Stop; answers the bound port. `host`: an IP address or
  // "localhost". Port 0 lets the system choose. UNAVAILABLE (reason CANNOT_LISTEN) with the address
  // and the system's words. Once only.
  absl::StatusOr<uint16_t> Start(const std::string& host = "127.0.0.1", uint16_t port = 0);

  // Accepts nothing more, lets requests in flight finish within the drain timeout, closes all
  // connections, joins the threads. Safe to call twice. Never call it from a handler.
  void Stop();

  // Open connections; for metrics.
  size_t connections() const;

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace candor
