// SPDX-License-Identifier: Apache-2.0
#include "log/service/grpc_status.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "base/http_status.h"
#include "base/log.h"
#include "proto/google/rpc/status.pb.h"

namespace candor {
namespace {

constexpr char kDomain[] = "candor";

google::rpc::ErrorInfo InfoOf(ErrorFields fields) {
  google::rpc::ErrorInfo info;
  info.set_reason(std::move(fields.reason));
  info.set_domain(kDomain);
  for (auto& [key, value] : fields.metadata) (*info.mutable_metadata())[key] = std::move(value);
  return info;
}

google::rpc::RetryInfo RetryAfter(absl::Duration delay) {
  const int64_t milliseconds = std::max<int64_t>(0, absl::ToInt64Milliseconds(delay));
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(milliseconds / 1000);
  retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(milliseconds % 1000) * 1'000'000);
  return retry;
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  if (absl::IsInternal(status) || absl::IsDataLoss(status) || absl::IsUnknown(status)) {
    LogError("request failed", {{"error", status}});
  }
  ErrorFields fields = ErrorFieldsOf(status);
  google::rpc::Status details;
  details.set_code(static_cast<int>(status.code()));
  details.set_message(fields.message);
  const std::optional<absl::Duration> delay = fields.retry_after;
  if (!fields.reason.empty()) details.add_details()->PackFrom(InfoOf(std::move(fields)));
  if (delay.has_value()) details.add_details()->PackFrom(RetryAfter(*delay));
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), details.message(),
                      details.SerializeAsString());
}

}  // namespace candor
