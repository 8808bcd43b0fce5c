// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "client/log_client.h"

namespace candor {

struct GrpcLogClientOptions {
  // PEM certificates to trust for grpcs:// instead of the system's.
  std::string ca_certificates_pem;
};

// A log over candor.v1.LogService. `url`: "grpc://host:port" (no TLS) or "grpcs://host:port" (TLS);
// an IPv6 address in brackets; the port is required. Connects on the first call. INVALID_ARGUMENT
// for another URL.
absl::StatusOr<std::unique_ptr<LogClient>> NewGrpcLogClient(std::string url,
                                                            GrpcLogClientOptions options = {});

}  // namespace candor
