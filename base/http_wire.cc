// SPDX-License-Identifier: Apache-2.0
#include "base/http_wire.h"

#include <algorithm>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
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

// uri-host [ ":" port ] by its characters (RFC 9110 section 7.2); may be empty. A field that was
// folded into Host is noticed by its space.
bool IsHost(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           std::string_view("-._~%!$&'()*+,;=:[]").find(c) != std::string_view::npos;
  });
}

// Whether there is exactly one way to say where the body ends. Beast lets other transfer codings
// than `chunked` through and takes their body for the next request, which is how requests are
// smuggled past whoever reads them differently (RFC 9112 sections 6.1, 6.3 and 11.2).
bool SaysWhereBodyEnds(const BeastRequestHeader& header) {
  const size_t lengths = header.count(http::field::content_length);
  const size_t codings = header.count(http::field::transfer_encoding);
  if (codings == 0) {
    const std::string_view length = View(header[http::field::content_length]);
    return lengths == 0 ||
           (lengths == 1 && length.find_first_not_of("0123456789") == std::string_view::npos);
  }
  return codings == 1 && lengths == 0 && header.version() == 11 &&
         beast::iequals(header[http::field::transfer_encoding], "chunked");
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
  if (!IsHost(View(header[http::field::host]))) {
    return BadRequest(400, "REQUEST_MALFORMED", "the Host header is no host and port");
  }
  if (!SaysWhereBodyEnds(header)) {
    return BadRequest(400, "REQUEST_MALFORMED",
                      "say where the body ends with one Content-Length or with "
                      "Transfer-Encoding: chunked, not otherwise and not both");
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

std::optional<HttpResponse> CheckBodyCoding(const HttpHeaders& headers) {
  const std::string coding = headers.GetJoined("Content-Encoding");
  if (coding.empty() || beast::iequals({coding.data(), coding.size()}, "identity")) {
    return std::nullopt;
  }
  HttpResponse response =
      BadRequest(415, "CONTENT_ENCODING_UNSUPPORTED", "send the request body without compression");
  response.headers.Set("Accept-Encoding", "identity");  // RFC 9110 section 15.5.16
  return response;
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
