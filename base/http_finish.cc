// SPDX-License-Identifier: Apache-2.0
#include "base/http_finish.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/gzip.h"
#include "base/http_fields.h"
#include "base/http_status.h"
#include "core/util/reason.h"

namespace candor {
namespace {

// The largest identity body made from a gzip-only one: a full entry bundle is 16 MiB.
constexpr size_t kMaxInflatedBytes = 64 * 1024 * 1024;

// What a page of another site may read besides the fields that every browser shows.
constexpr char kExposedFields[] =
    "Accept-Ranges, Allow, Content-Encoding, Content-Length, Content-Range, Date, ETag, "
    "Retry-After";

// The variants of one resource must not share a tag.
std::string GzipTag(std::string_view tag) {
  std::string out(tag);
  if (out.size() >= 2 && out.back() == '"') out.insert(out.size() - 1, "-gzip");
  return out;
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
    if (is_read_ && out_.status == 200) ApplyPreconditions();
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
    if (!request_.headers.Has("Range") &&
        PrefersGzip(request_.headers.GetJoined("Accept-Encoding"))) {
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

  // In the order of RFC 9110 section 13.2.2. No resource has a modification date, so the fields
  // that carry dates are ignored, as section 13.1 asks.
  void ApplyPreconditions() {
    if (!IfMatchHolds()) {
      RefuseMatch();
    } else if (!ApplyIfNoneMatch()) {
      ApplyRange();
    }
  }

  bool IfMatchHolds() const {
    if (!request_.headers.Has("If-Match")) return true;
    return HasEntityTag(request_.headers.GetJoined("If-Match"),
                        out_.headers.Get("ETag").value_or(""), TagComparison::kStrong);
  }

  bool ApplyIfNoneMatch() {
    const auto tag = out_.headers.Get("ETag");
    const std::string wanted = request_.headers.GetJoined("If-None-Match");
    if (!tag.has_value() || !HasEntityTag(wanted, *tag, TagComparison::kWeak)) return false;
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
    const std::optional<ByteRange> range = ParseRange(*header, size);
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
    Fail(416, Refuse(absl::StatusCode::kOutOfRange, "RANGE_NOT_SATISFIABLE",
                     absl::StrCat("the resource has only ", size, " bytes")));
    out_.headers.Set("Accept-Ranges", "bytes");
    out_.headers.Set("Content-Range", absl::StrCat("bytes */", size));
  }

  void RefuseMatch() {
    Fail(412, Refuse(absl::StatusCode::kFailedPrecondition, "PRECONDITION_FAILED",
                     "the resource has none of the tags of If-Match"));
  }

  void Fail(int status, const absl::Status& why) {
    HttpResponse error = ErrorResponse(status, why);
    const auto vary = out_.headers.Get("Vary");
    if (vary.has_value()) error.headers.Set("Vary", *vary);
    out_.status = status;
    out_.headers = std::move(error.headers);
    out_.body = error.body;
    out_.offset = 0;
    out_.length = error.body->size();
  }

  // If-Range wants a strong comparison; dates are not supported and so never hold.
  bool IfRangeHolds() const {
    const auto condition = request_.headers.Get("If-Range");
    return !condition.has_value() ||
           (condition == out_.headers.Get("ETag") && condition->substr(0, 2) != "W/");
  }

  void AddCommonHeaders() {
    // Everything served is public and no credentials are ever accepted: any page may read every
    // answer, also that to a submission and every error.
    out_.headers.Set("Access-Control-Allow-Origin", "*");
    out_.headers.Set("Access-Control-Expose-Headers", kExposedFields);
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
