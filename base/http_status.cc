// SPDX-License-Identifier: Apache-2.0
#include "base/http_status.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/util/encoding.h"
#include "core/util/error_metadata.h"
#include "core/util/reason.h"

namespace candor {
namespace {

constexpr char kRetryAfterUrl[] = "candor.v1/retry-after-ms";
constexpr size_t kMaxErrorBodyBytes = 64 * 1024;
constexpr size_t kMaxForeignTextBytes = 200;
constexpr size_t kMaxMetadataBytes = 200;
constexpr int64_t kMaxRetryAfterSeconds = 24 * 60 * 60;

bool HidesMessage(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown ||
         code == absl::StatusCode::kDataLoss;
}

std::string ErrorBody(absl::StatusCode code, ErrorFields fields) {
  nlohmann::ordered_json error;
  error["code"] = absl::StatusCodeToString(code);
  error["reason"] = std::move(fields.reason);
  error["message"] = std::move(fields.message);
  if (!fields.metadata.empty()) error["metadata"] = std::move(fields.metadata);
  nlohmann::ordered_json body;
  body["error"] = std::move(error);
  return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

bool MayBeRetried(absl::StatusCode code) {
  return code == absl::StatusCode::kResourceExhausted || code == absl::StatusCode::kUnavailable;
}

// Whole seconds, rounded up: asking too early is the worse mistake.
int64_t RetrySeconds(absl::Duration delay) {
  return std::clamp<int64_t>(absl::ToInt64Seconds(absl::Ceil(delay, absl::Seconds(1))), 1,
                             kMaxRetryAfterSeconds);
}

std::optional<absl::StatusCode> CodeFromName(const std::string& name) {
  for (int code = 1; code <= 16; ++code) {
    const auto candidate = static_cast<absl::StatusCode>(code);
    if (absl::StatusCodeToString(candidate) == name) return candidate;
  }
  return std::nullopt;
}

std::string Printable(std::string_view text, size_t max_bytes) {
  std::string out;
  for (const char c : text.substr(0, max_bytes)) out += c >= ' ' && c < 0x7f ? c : '?';
  return out;
}

// The status that one of our own servers wrote, if it did.
std::optional<absl::Status> ParseErrorBody(const std::string& text) {
  if (text.size() > kMaxErrorBodyBytes || text.empty() || text.front() != '{') return std::nullopt;
  const nlohmann::json body = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!body.is_object()) return std::nullopt;
  const auto error = body.find("error");
  if (error == body.end() || !error->is_object()) return std::nullopt;
  const auto field = [&error](const char* name) {
    const auto found = error->find(name);
    return found != error->end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const std::optional<absl::StatusCode> code = CodeFromName(field("code"));
  if (!code.has_value()) return std::nullopt;
  std::string message = field("message");
  if (!IsValidUtf8(message)) message = Printable(message, message.size());
  const std::string reason = Printable(field("reason"), 100);
  absl::Status status =
      reason.empty() ? absl::Status(*code, message) : Refuse(*code, reason, message);
  const auto metadata = error->find("metadata");
  if (metadata == error->end() || !metadata->is_object()) return status;
  for (const auto& [key, value] : metadata->items()) {
    if (!value.is_string()) continue;
    status = WithMetadata(std::move(status), Printable(key, kMaxMetadataBytes),
                          Printable(value.get_ref<const std::string&>(), kMaxMetadataBytes));
  }
  return status;
}

absl::Status ForeignError(const HttpResponse& response) {
  const std::string& text = response.text();
  const std::string line = Printable(text.substr(0, text.find('\n')), kMaxForeignTextBytes);
  std::string message = absl::StrCat("the server answered ", response.status, " ",
                                     std::string(HttpReasonPhrase(response.status)));
  if (!line.empty()) absl::StrAppend(&message, ": ", line);
  return absl::Status(CodeFromHttpStatus(response.status), message);
}

}  // namespace

int HttpStatusFromCode(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return 200;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
      return 400;
    case absl::StatusCode::kUnauthenticated:
      return 401;
    case absl::StatusCode::kPermissionDenied:
      return 403;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kAborted:
      return 409;
    case absl::StatusCode::kResourceExhausted:
      return 429;
    case absl::StatusCode::kCancelled:
      return 499;
    case absl::StatusCode::kUnimplemented:
      return 501;
    case absl::StatusCode::kUnavailable:
      return 503;
    case absl::StatusCode::kDeadlineExceeded:
      return 504;
    default:
      return 500;
  }
}

absl::StatusCode CodeFromHttpStatus(int http_status) {
  if (http_status >= 200 && http_status < 300) return absl::StatusCode::kOk;
  switch (http_status) {
    case 401:
      return absl::StatusCode::kUnauthenticated;
    case 403:
      return absl::StatusCode::kPermissionDenied;
    case 404:
    case 410:
      return absl::StatusCode::kNotFound;
    case 408:
    case 504:
      return absl::StatusCode::kDeadlineExceeded;
    case 409:
      return absl::StatusCode::kAborted;
    case 412:
      return absl::StatusCode::kFailedPrecondition;
    case 416:
      return absl::StatusCode::kOutOfRange;
    case 429:
      return absl::StatusCode::kResourceExhausted;
    case 499:
      return absl::StatusCode::kCancelled;
    case 405:
    case 501:
    case 505:
      return absl::StatusCode::kUnimplemented;
    case 500:
      return absl::StatusCode::kInternal;
    case 502:
    case 503:
      return absl::StatusCode::kUnavailable;
    default:
      break;
  }
  if (http_status >= 400 && http_status < 500) return absl::StatusCode::kInvalidArgument;
  if (http_status >= 500 && http_status < 600) return absl::StatusCode::kUnavailable;
  return absl::StatusCode::kUnknown;
}

absl::Status WithRetryAfter(absl::Status status, absl::Duration delay) {
  if (status.ok()) return status;
  // From a view: Debian's library has no constructor from a string that clang could link.
  const std::string milliseconds = absl::StrCat(absl::ToInt64Milliseconds(delay));
  status.SetPayload(kRetryAfterUrl, absl::Cord(absl::string_view(milliseconds)));
  return status;
}

std::optional<absl::Duration> RetryAfterOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kRetryAfterUrl);
  int64_t milliseconds = 0;
  if (!payload.has_value() || !absl::SimpleAtoi(std::string(*payload), &milliseconds)) {
    return std::nullopt;
  }
  return absl::Milliseconds(std::max<int64_t>(milliseconds, 0));
}

ErrorFields ErrorFieldsOf(const absl::Status& status) {
  ErrorFields fields;
  fields.reason = ReasonOf(status);
  fields.message = HidesMessage(status.code()) ? "the server failed; the operator's log says why"
                                               : std::string(status.message());
  // A message may quote what a peer sent; both JSON and gRPC carry text.
  if (!IsValidUtf8(fields.message)) fields.message = absl::CHexEscape(fields.message);
  fields.metadata = MetadataOf(status);
  fields.retry_after = RetryAfterOf(status);
  if (!fields.retry_after.has_value() && MayBeRetried(status.code())) {
    fields.retry_after = absl::Seconds(1);
  }
  return fields;
}

HttpResponse ErrorResponse(int http_status, const absl::Status& status) {
  ErrorFields fields = ErrorFieldsOf(status);
  const std::optional<absl::Duration> delay = fields.retry_after;
  HttpResponse response =
      HttpResponse::Json(http_status, ErrorBody(status.code(), std::move(fields)));
  response.headers.Set("Cache-Control", "no-store");
  if (delay.has_value()) {
    response.headers.Set("Retry-After", absl::StrCat(RetrySeconds(*delay)));
  }
  return response;
}

HttpResponse ErrorResponse(const absl::Status& status) {
  return ErrorResponse(HttpStatusFromCode(status.code()), status);
}

absl::Status StatusFromResponse(const HttpResponse& response) {
  if (response.status >= 200 && response.status < 300) return absl::OkStatus();
  std::optional<absl::Status> own = ParseErrorBody(response.text());
  absl::Status status = own.has_value() ? *std::move(own) : ForeignError(response);
  const std::optional<std::string_view> retry = response.headers.Get("Retry-After");
  if (!retry.has_value()) return status;
  // The other form, a date, is rare and not worth a clock.
  const absl::StatusOr<uint64_t> seconds = ParseDecimal(*retry);
  if (!seconds.ok()) return status;
  const int64_t bounded = static_cast<int64_t>(std::min<uint64_t>(*seconds, kMaxRetryAfterSeconds));
  return WithRetryAfter(std::move(status), absl::Seconds(bounded));
}

}  // namespace candor
