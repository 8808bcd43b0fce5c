// SPDX-License-Identifier: Apache-2.0
//
// Internal to the HTTP server and client: TLS settings over BoringSSL.

#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace candor {

// TLS 1.2 or 1.3, ALPN http/1.1. INVALID_ARGUMENT when the PEM texts are unusable or do not fit
// together.
absl::StatusOr<std::unique_ptr<boost::asio::ssl::context>> NewServerTlsContext(
    std::string_view certificate_pem, std::string_view private_key_pem);

// Verifies the server's chain against `ca_certificates_pem`, or the system's roots when that is "".
absl::StatusOr<std::unique_ptr<boost::asio::ssl::context>> NewClientTlsContext(
    std::string_view ca_certificates_pem);

}  // namespace candor
