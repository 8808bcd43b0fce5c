// SPDX-License-Identifier: Apache-2.0
#include "base/http_finish.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/gzip.h"
#include "base/http_status.h"
#include "core/util/encoding.h"

namespace candor {
namespace {

// The largest identity body made from a gzip-only one: a full entry bundle is 16 MiB.
constexpr size_t kMaxInflatedBytes = 64 * 1024 * 1024;

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The non-empty, trimmed elements of a list.
std::vector<std::string_view> Split(std::string_view list, char separator) {
  std::vector<std::string_view> out;
  while (!list.empty()) {
    const size_t end = std::min(list.find(separator), list.size());
    const std::string_view element = Trim(list.substr(0, end));
    if (!element.empty()) out.push_back(element);
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return out;
}

std::string Lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

// "q=0", "q=0.000": not acceptable.
bool IsRefused(const std::vector<std::string_view>& parameters) {
  return std::any_of(parameters.begin() + 1, parameters.end(), [](std::string_view parameter) {
    const std::string text = Lowered(parameter);
    return text.rfind("q=0", 0) == 0 && text.find_first_not_of("0.", 2) == std::string::npos;
  });
}

bool AcceptsGzip(const HttpHeaders& headers) {
  const std::string accepted = headers.GetJoined("Accept-Encoding");
  bool any = false;
  for (const std::string_view element : Split(accepted, ',')) {
    const std::vector<std::string_view> parts = Split(element, ';');
    if (parts.empty()) continue;
    const std::string coding = Lowered(parts[0]);
    if (coding == "gzip" || coding == "x-gzip") return !IsRefused(parts);
    if (coding == "*") any = !IsRefused(parts);
  }
  return any;
}

// The variants of one resource must not share a tag.
std::string GzipTag(std::string_view tag) {
  std::string out(tag);
  if (out.size() >= 2 && out.back() == '"') out.insert(out.size() - 1, "-gzip");
  return out;
}

std::string_view WithoutWeakMark(std::string_view tag) {
  return tag.substr(0, 2) == "W/" ? tag.substr(2) : tag;
}

bool MatchesTag(std::string_view list, std::string_view tag) {
  for (const std::string_view candidate : Split(list, ',')) {
    if (candidate == "*" || WithoutWeakMark(candidate) == WithoutWeakMark(tag)) return true;
  }
  return false;
}

struct Range {
  uint64_t first = 0;
  uint64_t length = 0;  // 0: can not be satisfied
};

// nullopt when the header is to be ignored: another unit, several ranges, or malformed.
std::optional<Range> ParseRange(std::string_view header, uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (Lowered(header.substr(0, kUnit.size())) != kUnit) return std::nullopt;
  const std::string_view spec = Trim(header.substr(kUnit.size()));
  const size_t dash = spec.find('-');
  if (dash == std::string_view::npos || spec.find(',') != std::string_view::npos) {
    return std::nullopt;
  }
  const absl::StatusOr<uint64_t> first = ParseDecimal(spec.substr(0, dash));
  const absl::StatusOr<uint64_t> last = ParseDecimal(spec.substr(dash + 1));
  if (dash == 0) {  // the last N bytes
    if (!last.ok()) return std::nullopt;
    const uint64_t length = std::min(*last, size);
    return Range{size - length, length};
  }
  const bool open = dash + 1 == spec.size();
  if (!first.ok() || (!open && !last.ok())) return std::nullopt;
  if (!open && *last < *first) return std::nullopt;
  if (*first >= size) return Range{};
  const uint64_t end = open ? size - 1 : std::min(*last, size - 1);
  return Range{*first, end - *first + 1};
}

bool IsSafeField(const std::pair<std::string, std::string>& field) {
  const auto is_control = [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7f; };
  return !field.first.empty() && std::none_of(field.first.begin(), field.first.end(), [&](char c) {
    return is_control(c) || c == ':' || c == ' ';
  }) && std::none_of(field.second.begin(), field.second.end(), is_control);
}

// Framing belongs to the server; a value with a line break would let data become header fields.
HttpHeaders CleanHeaders(const HttpHeaders& headers) {
  HttpHeaders clean;
  for (const auto& field : headers.fields()) {
    if (IsSafeField(field)) clean.Add(field.first, field.second);
  }
  for (const char* name : {"Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive"}) {
    clean.Remove(name);
  }
  return clean;
}

class Finisher {
 public:
  Finisher(const HttpRequest& request, HttpResponse response)
      : request_(request),
        response_(std::move(response)),
        is_read_(request.method == "GET" || request.method == "HEAD") {}

  FinishedResponse Run() {
    if (response_.status < 200 || response_.status > 599) {
      response_ = ErrorResponse(absl::InternalError("a handler gave no valid status"));
    }
    out_.headers = CleanHeaders(response_.headers);
    ChooseVariant();
    out_.status = response_.status;
    out_.length = out_.body->size();
    if (is_read_ && out_.status == 200 && !ApplyIfNoneMatch()) ApplyRange();
    AddCommonHeaders();
    FrameBody();
    return std::move(out_);
  }

 private:
  void ChooseVariant() {
    out_.body = response_.body != nullptr ? response_.body : std::make_shared<const std::string>();
    if (response_.gzip_body == nullptr) return;
    out_.headers.Set("Vary", "Accept-Encoding");
    // A range is of the identity form: that is what resuming clients expect.
    if (AcceptsGzip(request_.headers) && !request_.headers.Has("Range")) {
      out_.body = response_.gzip_body;
      out_.headers.Set("Content-Encoding", "gzip");
      if (const auto tag = out_.headers.Get("ETag")) out_.headers.Set("ETag", GzipTag(*tag));
    } else if (response_.body == nullptr) {
      Inflate();
    }
  }

  void Inflate() {
    absl::StatusOr<std::string> body = GzipDecompress(*response_.gzip_body, kMaxInflatedBytes);
    if (body.ok()) {
      out_.body = std::make_shared<const std::string>(*std::move(body));
      return;
    }
    response_ = ErrorResponse(absl::InternalError("a handler gave a damaged gzip body"));
    out_.headers = response_.headers;
    out_.body = response_.body;
  }

  bool ApplyIfNoneMatch() {
    const auto tag = out_.headers.Get("ETag");
    const std::string wanted = request_.headers.GetJoined("If-None-Match");
    if (wanted.empty() || !tag.has_value() || !MatchesTag(wanted, *tag)) return false;
    out_.status = 304;
    out_.headers.Remove("Content-Type");
    out_.headers.Remove("Content-Encoding");
    return true;
  }

  void ApplyRange() {
    if (out_.headers.Has("Content-Encoding")) return;
    out_.headers.Set("Accept-Ranges", "bytes");
    const auto header = request_.headers.Get("Range");
    if (request_.method != "GET" || !header.has_value() || !IfRangeHolds()) return;
    const size_t size = out_.body->size();
    const std::optional<Range> range = ParseRange(*header, size);
    if (!range.has_value()) return;
    if (range->length == 0) {
      RefuseRange(size);
      return;
    }
    out_.status = 206;
    out_.offset = range->first;
    out_.length = range->length;
    out_.headers.Set("Content-Range", absl::StrCat("bytes ", range->first, "-",
                                                   range->first + range->length - 1, "/", size));
  }

  void RefuseRange(size_t size) {
    HttpResponse error = ErrorResponse(
        416, absl::OutOfRangeError(absl::StrCat("the resource has only ", size, " bytes")));
    out_.status = 416;
    out_.headers = error.headers;
    out_.headers.Set("Content-Range", absl::StrCat("bytes */", size));
    out_.body = error.body;
    out_.length = error.body->size();
  }

  // If-Range wants a strong comparison; dates are not supported and so never hold.
  bool IfRangeHolds() const {
    const auto condition = request_.headers.Get("If-Range");
    return !condition.has_value() ||
           (condition == out_.headers.Get("ETag") && condition->substr(0, 2) != "W/");
  }

  void AddCommonHeaders() {
    // Everything served is public: any page may read it. No credentials are ever accepted.
    if (is_read_) out_.headers.Set("Access-Control-Allow-Origin", "*");
    out_.headers.Set("X-Content-Type-Options", "nosniff");
  }

  void FrameBody() {
    if (out_.status == 204 || out_.status == 304) {
      out_.length = 0;
      return;
    }
    out_.headers.Set("Content-Length", absl::StrCat(out_.length));
    if (request_.method == "HEAD") out_.length = 0;
  }

  const HttpRequest& request_;
  HttpResponse response_;
  const bool is_read_;
  FinishedResponse out_;
};

}  // namespace

FinishedResponse FinishResponse(const HttpRequest& request, HttpResponse response) {
  return Finisher(request, std::move(response)).Run();
}

}  // namespace candor
