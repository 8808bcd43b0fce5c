// SPDX-License-Identifier: Apache-2.0
#include "client/envelope_publisher.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "core/attest/dsse.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr absl::Duration kClockSkew = absl::Minutes(5);

}  // namespace

uint64_t LatestCredibleTime(absl::Time now) {
  return static_cast<uint64_t>(std::max<int64_t>(absl::ToUnixSeconds(now + kClockSkew), 0));
}

absl::StatusOr<Publication> EnvelopePublisher::Publish(const PublishRequest& request,
                                                       const RetryOptions& options,
                                                       const Retrier::OnRetry& on_retry) {
  CANDOR_RETURN_IF_ERROR(CheckEnvelopeSize(request.envelope_json));
  CANDOR_ASSIGN_OR_RETURN(const DsseEnvelope envelope, ParseEnvelope(request.envelope_json));
  Publication publication;
  const auto attempt = [&](absl::Duration timeout) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(publication.proof, log_->Add(request.envelope_json, timeout));
    return absl::OkStatus();
  };
  CANDOR_RETURN_IF_ERROR(retrier_->Run(options, attempt, on_retry));
  ReceiptCheck check;
  check.envelope = &envelope;
  check.keys = request.keys;
  check.policy = request.policy;
  check.latest_credible_time = LatestCredibleTime(clock_->Now());
  CANDOR_ASSIGN_OR_RETURN(publication.receipt, CheckReceipt(publication.proof, check));
  return publication;
}

}  // namespace candor
