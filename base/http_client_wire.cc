// SPDX-License-Identifier: Apache-2.0
#include "base/http_client_wire.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/gzip.h"
#include "core/util/reason.h"

namespace candor {
namespace {

// A token of RFC 9110 section 5.6.2.
bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < 0x7f && std::strchr("\"(),/:;<=>?@[\\]{}", c) == nullptr;
  });
}

bool IsFieldValue(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

absl::Status BadRequest(const char* message) {
  return Refuse(absl::StatusCode::kInvalidArgument, "REQUEST_INVALID", message);
}

}  // namespace

absl::Status CheckRequestSpec(const HttpRequestSpec& spec) {
  if (!IsToken(spec.method)) return BadRequest("the method of a request must be a token");
  for (const auto& [name, value] : spec.headers.fields()) {
    if (!IsToken(name) || !IsFieldValue(value)) {
      return BadRequest("a header field has a character that HTTP does not allow");
    }
  }
  return absl::OkStatus();
}

std::string FormatRequestHeader(const HttpRequestSpec& spec, const Url& url,
                                std::string_view user_agent) {
  HttpHeaders headers = spec.headers;
  headers.Set("Host", url.HostHeader());
  headers.Remove("Transfer-Encoding");
  headers.Remove("Content-Length");
  if (!spec.body.empty() || spec.method == "POST" || spec.method == "PUT") {
    headers.Set("Content-Length", absl::StrCat(spec.body.size()));
  }
  if (!headers.Has("User-Agent")) headers.Set("User-Agent", user_agent);
  if (!headers.Has("Accept-Encoding")) headers.Set("Accept-Encoding", "gzip, identity");
  std::string out = absl::StrCat(spec.method, " ", url.Target(), " HTTP/1.1\r\n");
  for (const auto& [name, value] : headers.fields()) {
    absl::StrAppend(&out, name, ": ", value, "\r\n");
  }
  out += "\r\n";
  return out;
}

absl::StatusOr<HttpResponse> DecodeContent(const HttpRequestSpec& spec, HttpResponse response) {
  const std::optional<std::string_view> coding = response.headers.Get("Content-Encoding");
  if (coding != "gzip" || response.text().empty()) return response;
  absl::StatusOr<std::string> plain = GzipDecompress(response.text(), spec.max_response_bytes);
  if (!plain.ok() && ReasonOf(plain.status()) == "GZIP_TOO_LARGE") {
    return Refuse(absl::StatusCode::kResourceExhausted, "RESPONSE_TOO_LARGE",
                  absl::StrCat("the response of ", spec.url, " is larger than the limit of ",
                               spec.max_response_bytes, " bytes after decompression"));
  }
  if (!plain.ok()) {
    return Refuse(
        absl::StatusCode::kDataLoss, "RESPONSE_MALFORMED",
        absl::StrCat("the response of ", spec.url, " is not the gzip that it claims to be"));
  }
  response.headers.Remove("Content-Encoding");
  response.headers.Set("Content-Length", absl::StrCat(plain->size()));
  response.body = std::make_shared<const std::string>(*std::move(plain));
  return response;
}

absl::Status ResponseTooLarge(const Url& url, size_t max_bytes) {
  return Refuse(absl::StatusCode::kResourceExhausted, "RESPONSE_TOO_LARGE",
                absl::StrCat("the response of ", url.ToString(), " is larger than the limit of ",
                             max_bytes, " bytes"));
}

absl::Status FetchTimedOut(const Url& url, absl::Duration timeout) {
  return Refuse(absl::StatusCode::kDeadlineExceeded, "FETCH_TIMEOUT",
                absl::StrCat("no complete answer from ", url.host, " port ", url.port, " within ",
                             absl::FormatDuration(absl::Ceil(timeout, absl::Milliseconds(1)))));
}

}  // namespace candor
