// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/http_types.h"

namespace candor {

struct HttpRequestSpec {
  std::string method = "GET";
  std::string url;  // absolute, http or https
  HttpHeaders headers;
  std::string body;
  absl::Duration timeout = absl::Seconds(30);  // for everything: names, connecting, TLS, answer
  size_t max_response_bytes = 1024 * 1024;     // body, both as sent and after decompression
};

// Gets an HTTP response, whatever its status, or a transport error:
//   INVALID_ARGUMENT     the URL or the request is unusable
//   UNAVAILABLE          no such host, refused, reset, TLS failure (reasons HOST_NOT_FOUND,
//   CONNECT_FAILED,
//                        CONNECTION_LOST, TLS_FAILED); the message names host and port
//   DEADLINE_EXCEEDED    the timeout passed
//   RESOURCE_EXHAUSTED   the response is larger than max_response_bytes (reason RESPONSE_TOO_LARGE)
//   DATA_LOSS            the response is not HTTP (reason RESPONSE_MALFORMED)
//   CANCELLED            the client was destroyed
// Redirects are not followed. Gzip is asked for and decoded. Turn a response that is not 2xx into a
// status with StatusFromResponse (http_status.h). Thread-safe.
// fake_http_client.h has one for tests.
class HttpClient {
 public:
  using Callback = std::function<void(absl::StatusOr<HttpResponse>)>;
  virtual ~HttpClient() = default;

  // Calls `done` exactly once, from one of the client's threads (possibly before this returns): it
  // must not block, must not destroy the client, and may start more requests.
  virtual void FetchAsync(HttpRequestSpec spec, Callback done) = 0;

  // Waits for the same. Never call it from a callback.
  absl::StatusOr<HttpResponse> Fetch(HttpRequestSpec spec);
};

struct HttpClientOptions {
  // PEM certificates to trust instead of the system's.
  std::string ca_certificates_pem;
  size_t max_idle_connections_per_host = 8;
  absl::Duration idle_timeout =
      absl::Seconds(30);  // after which a kept connection is not used again
  std::string user_agent = "candor";
};

// A client over the network with one thread of its own and kept connections. Requests with GET,
// HEAD or PUT are tried once more when a kept connection turned out to be closed. INVALID_ARGUMENT
// when the CA certificates can not be read.
absl::StatusOr<std::unique_ptr<HttpClient>> NewHttpClient(HttpClientOptions options = {});

}  // namespace candor
