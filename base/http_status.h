// SPDX-License-Identifier: Apache-2.0
//
// The one mapping between absl::Status and what callers are told, and HTTP in both directions. An
// error response is JSON:
//   {"error":{"code":"INVALID_ARGUMENT","reason":"ENTRY_TOO_LARGE","message":"..."}}
// with "metadata":{"name":"value"} after the message when there is any (core/util's
// error_metadata.h). RESOURCE_EXHAUSTED and UNAVAILABLE carry Retry-After.

#pragma once

#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/http_types.h"

namespace candor {

// INVALID_ARGUMENT, FAILED_PRECONDITION and OUT_OF_RANGE 400, UNAUTHENTICATED 401,
// PERMISSION_DENIED 403, NOT_FOUND 404, ALREADY_EXISTS and ABORTED 409, RESOURCE_EXHAUSTED 429,
// CANCELLED 499, UNIMPLEMENTED 501, UNAVAILABLE 503, DEADLINE_EXCEEDED 504, OK 200, everything else
// 500.
int HttpStatusFromCode(absl::StatusCode code);
// The other way for any HTTP status, also those that our servers never send. 2xx is OK.
absl::StatusCode CodeFromHttpStatus(int http_status);

// How long to wait before the same request may work; travels as a payload of the status.
absl::Status WithRetryAfter(absl::Status status, absl::Duration delay);
std::optional<absl::Duration> RetryAfterOf(const absl::Status& status);

// What a caller is told about an error, over every transport.
struct ErrorFields {
  std::string reason;
  // INTERNAL, UNKNOWN and DATA_LOSS keep theirs to themselves (it is for our log) and say only that
  // the server failed.
  std::string message;
  std::map<std::string, std::string> metadata;
  // What the status says; else 1 s for RESOURCE_EXHAUSTED and UNAVAILABLE.
  std::optional<absl::Duration> retry_after;
};
ErrorFields ErrorFieldsOf(const absl::Status& status);

// The response for an error: its ErrorFields. Retry-After is in whole seconds, rounded up.
HttpResponse ErrorResponse(const absl::Status& status);

// The same for errors whose HTTP status is fixed by a standard or by HTTP itself (413, 405, 422,
// ...).
HttpResponse ErrorResponse(int http_status, const absl::Status& status);

// OK for 2xx. Otherwise code, reason, message and metadata of the JSON body; for a foreign server's
// body, the code by HTTP status and the first line of the body, cut and made printable. Retry-After
// is kept.
absl::Status StatusFromResponse(const HttpResponse& response);

}  // namespace candor
