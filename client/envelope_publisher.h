// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "client/log_client.h"
#include "client/receipt.h"
#include "client/retry.h"
#include "core/crypto/public_key.h"
#include "core/note/policy.h"

namespace candor {

struct PublishRequest {
  std::string envelope_json;    // sent as it is, also when repeated
  std::vector<PublicKey> keys;  // see ReceiptCheck
  const Policy* policy = nullptr;
};

struct Publication {
  std::string proof;  // the tlog-proof file, as the log sent it
  Receipt receipt;
};

// Submits an envelope until the log has it in a witnessed checkpoint, and checks the proof that it
// gives. The log recognises a repeated submission, so repeating is safe. Not thread-safe.
class EnvelopePublisher {
 public:
  // All must outlive this.
  EnvelopePublisher(LogClient* log, const Clock* clock, Retrier* retrier)
      : log_(log), clock_(clock), retrier_(retrier) {}

  // Errors: INVALID_ARGUMENT for an envelope that does not parse; what the log refuses; after the
  // total time the last error; DATA_LOSS with reason RECEIPT_INVALID for an answer that proves
  // nothing, FAILED_PRECONDITION with reason RECEIPT_LACKS_SIGNATURE as CheckReceipt.
  absl::StatusOr<Publication> Publish(const PublishRequest& request, const RetryOptions& options,
                                      const Retrier::OnRetry& on_retry = nullptr);

 private:
  LogClient* const log_;
  const Clock* const clock_;
  Retrier* const retrier_;
};

// The latest cosignature time that is credible at `now`: some minutes of clock skew are tolerated.
uint64_t LatestCredibleTime(absl::Time now);

}  // namespace candor
