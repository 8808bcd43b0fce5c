// SPDX-License-Identifier: Apache-2.0
#include "log/service/grpc_status.h"

#include <algorithm>
#include <string>

#include "absl/time/time.h"
#include "base/http_status.h"
#include "base/log.h"
#include "core/util/reason.h"
#include "proto/google/rpc/status.pb.h"

namespace candor {
namespace {

constexpr char kDomain[] = "candor";

std::string MessageFor(const absl::Status& status) {
  if (absl::IsInternal(status) || absl::IsDataLoss(status) || absl::IsUnknown(status)) {
    LogError("request failed", {{"error", status}});
    return "the server failed; the operator's log says why";
  }
  return std::string(status.message());
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  google::rpc::Status details;
  details.set_code(static_cast<int>(status.code()));
  details.set_message(MessageFor(status));
  if (const std::string reason = ReasonOf(status); !reason.empty()) {
    google::rpc::ErrorInfo info;
    info.set_reason(reason);
    info.set_domain(kDomain);
    details.add_details()->PackFrom(info);
  }
  if (absl::IsResourceExhausted(status) || absl::IsUnavailable(status)) {
    const absl::Duration delay = RetryAfterOf(status).value_or(absl::Seconds(1));
    const int64_t milliseconds = std::max<int64_t>(0, absl::ToInt64Milliseconds(delay));
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(milliseconds / 1000);
    retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(milliseconds % 1000) * 1'000'000);
    details.add_details()->PackFrom(retry);
  }
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), details.message(),
                      details.SerializeAsString());
}

}  // namespace candor
