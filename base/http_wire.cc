// SPDX-License-Identifier: Apache-2.0
#include "base/http_wire.h"

#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/http_status.h"
#include "core/util/reason.h"

namespace candor {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

std::string_view View(beast::string_view text) { return {text.data(), text.size()}; }

HttpResponse BadRequest(int status, const char* reason, const std::string& message) {
  return ErrorResponse(status, Refuse(absl::StatusCode::kInvalidArgument, reason, message));
}

// The path and query of an origin-form or absolute-form target (RFC 9112 section 3.2); "" for
// others.
std::string_view OriginForm(std::string_view target) {
  if (!target.empty() && target.front() == '/') return target;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.substr(0, scheme.size()) != scheme) continue;
    const size_t slash = target.find('/', scheme.size());
    return slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
  }
  return "";
}

}  // namespace

std::optional<HttpResponse> CheckRequestHeader(const BeastRequestHeader& header,
                                               size_t max_target_bytes) {
  if (header.version() != 10 && header.version() != 11) {
    return BadRequest(505, "HTTP_VERSION_UNSUPPORTED",
                      "only HTTP/1.0 and HTTP/1.1 are spoken here");
  }
  if (header.target().size() > max_target_bytes) {
    return BadRequest(414, "TARGET_TOO_LONG",
                      absl::StrCat("the request target is longer than the limit of ",
                                   max_target_bytes, " bytes"));
  }
  if (header.version() == 11 && header.count(http::field::host) != 1) {
    return BadRequest(400, "REQUEST_MALFORMED", "a request must have exactly one Host header");
  }
  if (OriginForm(View(header.target())).empty()) {
    return BadRequest(400, "REQUEST_MALFORMED", "the request target must be a path");
  }
  return std::nullopt;
}

HttpRequest ToHttpRequest(const BeastRequestHeader& header) {
  HttpRequest request;
  request.method = std::string(View(header.method_string()));
  const std::string_view target = OriginForm(View(header.target()));
  const size_t question = target.find('?');
  request.path = std::string(target.substr(0, question));
  if (question != std::string_view::npos) request.query = std::string(target.substr(question + 1));
  for (const auto& field : header) {
    request.headers.Add(View(field.name_string()), View(field.value()));
  }
  return request;
}

std::optional<HttpResponse> ResponseForReadError(const beast::error_code& error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return BadRequest(431, "HEADER_TOO_LARGE",
                      "the request header is larger than this server's limit");
  }
  if (error == http::error::end_of_stream || error == http::error::partial_message) {
    return std::nullopt;
  }
  if (error == http::error::bad_version) {
    return BadRequest(505, "HTTP_VERSION_UNSUPPORTED",
                      "only HTTP/1.0 and HTTP/1.1 are spoken here");
  }
  if (error.category() == http::make_error_code(http::error::bad_version).category()) {
    return BadRequest(400, "REQUEST_MALFORMED",
                      absl::StrCat("the request is not well-formed HTTP: ", error.message()));
  }
  return std::nullopt;
}

std::string FormatResponseHeader(const FinishedResponse& response, bool keep_alive) {
  std::string out = "HTTP/1.1 ";
  absl::StrAppend(&out, response.status, " ");
  out += HttpReasonPhrase(response.status);
  absl::StrAppend(&out, "\r\nDate: ",
                  absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", absl::Now(), absl::UTCTimeZone()),
                  "\r\nConnection: ", keep_alive ? "keep-alive" : "close", "\r\n");
  for (const auto& [name, value] : response.headers.fields()) {
    absl::StrAppend(&out, name, ": ", value, "\r\n");
  }
  out += "\r\n";
  return out;
}

HttpResponse BodyTooLarge(size_t limit) {
  return BadRequest(413, "BODY_TOO_LARGE",
                    absl::StrCat("the request body is larger than the limit of ", limit, " bytes"));
}

HttpResponse TooManyBodies() {
  return ErrorResponse(Refuse(absl::StatusCode::kUnavailable, "SERVER_BUSY",
                              "the server receives too much at the moment; try again later"));
}

HttpResponse HandlerTimedOut() {
  return ErrorResponse(Refuse(absl::StatusCode::kDeadlineExceeded, "HANDLER_TIMEOUT",
                              "the request was not finished in time; its outcome is unknown"));
}

}  // namespace candor
