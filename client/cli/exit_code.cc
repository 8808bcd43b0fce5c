// SPDX-License-Identifier: Apache-2.0
#include "client/cli/exit_code.h"

#include "absl/status/status.h"

namespace candor {

ExitCode ExitCodeFor(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return kExitYes;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kDataLoss:
      return kExitNo;
    default:
      return kExitUnknown;
  }
}

}  // namespace candor
