// SPDX-License-Identifier: Apache-2.0
//
// Internal to the HTTP server: the pieces of a session that need no socket.

#pragma once

#include <boost/beast/core/error.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/http_finish.h"
#include "base/http_types.h"

namespace candor {

using BeastRequestHeader = boost::beast::http::header<true, boost::beast::http::fields>;

// The answer to a request whose header is complete but can not be served as it is (wrong version,
// no Host, a body without a clear end, a target that is no path, too long); nullopt when it is
// fine.
std::optional<HttpResponse> CheckRequestHeader(const BeastRequestHeader& header,
                                               size_t max_target_bytes);

// Without the body. A header that CheckRequestHeader refuses gives a request with an empty path.
HttpRequest ToHttpRequest(const BeastRequestHeader& header);

// 415 for a body with a content coding (none is decoded here); nullopt when it is fine.
std::optional<HttpResponse> CheckBodyCoding(const HttpHeaders& headers);

// The answer to a request that could not be read; nullopt when the peer is simply gone.
std::optional<HttpResponse> ResponseForReadError(const boost::beast::error_code& error);

// Status line and header fields, with Date and Connection, up to and including the empty line.
std::string FormatResponseHeader(const FinishedResponse& response, bool keep_alive);

HttpResponse BodyTooLarge(size_t limit);
HttpResponse TooManyBodies();
HttpResponse HandlerTimedOut();

}  // namespace candor
