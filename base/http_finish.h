// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <memory>
#include <string>

#include "base/http_types.h"

namespace candor {

// What is sent for a handler's response after the rules of HTTP were applied to it.
struct FinishedResponse {
  int status = 200;
  HttpHeaders headers;                      // with Content-Length where it belongs; no Connection
  std::shared_ptr<const std::string> body;  // never null
  size_t offset = 0;                        // the part of body to send
  size_t length = 0;                        // 0 also for HEAD, 204 and 304
};

// Applies content negotiation (RFC 9110 section 12.5.3), If-Match and If-None-Match (section 13),
// one range (section 14; several ranges are answered in full), HEAD, and the fields that let a page
// of any site read the answer (CORS) to a handler's response. Pure.
FinishedResponse FinishResponse(const HttpRequest& request, HttpResponse response);

}  // namespace candor
