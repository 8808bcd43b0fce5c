// SPDX-License-Identifier: Apache-2.0
//
// Internal to the HTTP clients: the pieces that need no socket.

#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/http_client.h"
#include "base/http_types.h"
#include "base/url.h"

namespace candor {

// INVALID_ARGUMENT for a method or header field that would break the request's form.
absl::Status CheckRequestSpec(const HttpRequestSpec& spec);

// Request line and header fields up to and including the empty line.
std::string FormatRequestHeader(const HttpRequestSpec& spec, const Url& url,
                                std::string_view user_agent);

// Undoes Content-Encoding: gzip, within spec.max_response_bytes.
absl::StatusOr<HttpResponse> DecodeContent(const HttpRequestSpec& spec, HttpResponse response);

absl::Status ResponseTooLarge(const Url& url, size_t max_bytes);
absl::Status FetchTimedOut(const Url& url, absl::Duration timeout);

}  // namespace candor
