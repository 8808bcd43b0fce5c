// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace candor {

// The canonical code and what base/http_status.h's ErrorFieldsOf says, as over HTTP: the message,
// and as details (google.rpc.Status) an ErrorInfo with domain "candor", the reason and the
// metadata, and a RetryInfo where there is a delay. INTERNAL, UNKNOWN and DATA_LOSS go into our
// log.
grpc::Status ToGrpcStatus(const absl::Status& status);

}  // namespace candor
