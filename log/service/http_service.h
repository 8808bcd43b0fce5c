// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/http_router.h"
#include "base/http_types.h"
#include "log/service/log_service.h"
#include "log/service/response_cache.h"

namespace candor {

struct HttpServiceOptions {
  size_t cache_bytes = size_t{64} << 20;  // tiles and bundles
  int gzip_level = 4;                     // of entry bundles
};

// The log over HTTP. Reading exactly as C2SP tlog-tiles says:
//   GET /checkpoint                    the published checkpoint
//   GET /tile/<L>/<N>[.p/<W>]          up to the largest signed checkpoint
//   GET /tile/entries/<N>[.p/<W>]      the same; gzip for clients that accept it
// and of our own:
//   POST /add                          a DSSE envelope (JSON); 200 with the tlog-proof once it is
//   published.
//                                      ?key=<key hash in hex> names the key to try
//   GET /healthz                       200 while the process serves
//   GET /readyz                        200, or 503 and why not, in words
//   GET /metrics                       Prometheus text
// Errors are base/http_status.h's JSON. A path that is not canonical is 404. Thread-safe.
class HttpService final : public HttpHandler {
 public:
  // `service` outlives this; this must outlive its reads (LogService::StopReads).
  HttpService(LogService* service, HttpServiceOptions options);

  void Handle(HttpRequest request, HttpResponder respond) override {
    router_.Handle(std::move(request), std::move(respond));
  }
  std::optional<size_t> MaxBodyBytes(std::string_view method,
                                     std::string_view path) const override {
    return router_.MaxBodyBytes(method, path);
  }

 private:
  using Read = std::function<absl::StatusOr<std::string>()>;

  void GetCheckpoint(const HttpResponder& respond) const;
  void GetTile(const HttpRequest& request, const HttpResponder& respond);
  // Answers an immutable resource from the cache or by `read` on a thread that may block.
  void ServeImmutable(std::string path, bool gzip, const HttpResponder& respond, Read read);
  void PostAdd(HttpRequest request, const HttpResponder& respond);
  void GetReady(const HttpResponder& respond) const;
  void GetMetrics(const HttpResponder& respond) const;

  LogService* const service_;
  const HttpServiceOptions options_;
  ResponseCache cache_;
  HttpRouter router_;
};

}  // namespace candor
