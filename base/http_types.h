// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace candor {

// Header fields in order; names compare without case (RFC 9110 section 5.1).
class HttpHeaders {
 public:
  HttpHeaders() = default;
  HttpHeaders(std::initializer_list<std::pair<std::string, std::string>> fields)
      : fields_(fields) {}

  // The first field of that name, or nullopt.
  std::optional<std::string_view> Get(std::string_view name) const;
  bool Has(std::string_view name) const { return Get(name).has_value(); }
  // All fields of that name, joined with ", ".
  std::string GetJoined(std::string_view name) const;
  // Replaces all fields of that name.
  void Set(std::string_view name, std::string_view value);
  void Add(std::string_view name, std::string_view value);
  void Remove(std::string_view name);

  const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct HttpRequest {
  std::string method = "GET";
  std::string path = "/";  // begins with '/'; as sent, not percent-decoded
  std::string query;       // without '?'; as sent
  HttpHeaders headers;
  std::string body;
  std::string peer;  // the peer's IP address without port; a unit of accounting, not an identity

  // The decoded value of the first `name=` in the query; nullopt when absent or badly encoded.
  std::optional<std::string> QueryParameter(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  HttpHeaders headers;
  // Shared and immutable, so that a cached tile is sent without a copy. Null means empty.
  std::shared_ptr<const std::string> body;
  // Optional: the same body as one gzip member. Sent to clients that accept gzip. With a null
  // `body` it is decompressed for clients that do not.
  std::shared_ptr<const std::string> gzip_body;

  // The body, "" when null.
  const std::string& text() const;

  // A complete response with a Content-Type.
  static HttpResponse Make(int status, std::string_view content_type, std::string body);
  static HttpResponse Text(int status, std::string body);  // text/plain; charset=utf-8
  static HttpResponse Json(int status, std::string body);  // application/json
};

// Answers one request. May be called from any thread, later, at most once (more calls are ignored).
// If all its copies are destroyed without a call, the client gets 500. Calling it after the
// connection or even the server is gone is harmless.
using HttpResponder = std::function<void(HttpResponse)>;

// What a server serves. Handle is called on the server's I/O threads, concurrently: it must be
// thread-safe, must not block (hand long work to a thread pool and answer from there) and must not
// throw.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  virtual void Handle(HttpRequest request, HttpResponder respond) = 0;
  // The largest body to be read for such a request, asked after its header arrived; a larger one
  // gets 413 without being read. nullopt: the server's limit.
  virtual std::optional<size_t> MaxBodyBytes(std::string_view method, std::string_view path) const;
};

// The reason phrase of a status ("Not Found"), "Unknown" for one that is not registered.
std::string_view HttpReasonPhrase(int status);

}  // namespace candor
