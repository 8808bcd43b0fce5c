// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "client/log_client.h"

namespace candor {

// The client for a log's URL: http://, https:// (a prefix, may have a path), grpc:// or grpcs://
// (host:port). `ca_certificates_pem`: what to trust for TLS instead of the system's, may be empty.
// INVALID_ARGUMENT for anything else. Does not connect yet.
absl::StatusOr<std::unique_ptr<LogClient>> ConnectLog(std::string_view url,
                                                      std::string ca_certificates_pem = "");

}  // namespace candor
