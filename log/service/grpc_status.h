// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace candor {

// The canonical code, the message, and as details (google.rpc.Status) an ErrorInfo with domain
// "candor" and the reason, and for RESOURCE_EXHAUSTED and UNAVAILABLE a RetryInfo (1 s unless the
// status says otherwise). INTERNAL, UNKNOWN and DATA_LOSS go into our log and keep their message to
// themselves, as over HTTP.
grpc::Status ToGrpcStatus(const absl::Status& status);

}  // namespace candor
