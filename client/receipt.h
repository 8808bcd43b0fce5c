// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/attest/dsse.h"
#include "core/crypto/hash.h"
#include "core/crypto/public_key.h"
#include "core/note/cosignature.h"
#include "core/note/policy.h"

namespace candor {

// What a log gave for an envelope, checked.
struct Receipt {
  Hash statement_id;
  Hash leaf_hash;
  uint64_t index = 0;
  uint64_t tree_size = 0;
  std::string origin;
  // The rest only when there is a policy.
  std::vector<std::string> witnesses;  // the policy's names of those that cosigned
  std::optional<uint64_t> logged_by;   // POSIX seconds
};

struct ReceiptCheck {
  const DsseEnvelope* envelope = nullptr;  // what was submitted
  // Keys that must all have signed the logged entry; empty: not checked.
  absl::Span<const PublicKey> keys;
  // Null: neither the log's signature nor the witnesses' are checked.
  const Policy* policy = nullptr;
  uint64_t latest_credible_time = kMaxCosignatureTime;
};

// Checks a tlog-proof against what was submitted: it is the same statement under all of the keys,
// it is in the tree of the checkpoint, and, with a policy, the checkpoint satisfies it. DATA_LOSS
// with reason RECEIPT_INVALID when the log's answer is not that; FAILED_PRECONDITION with reason
// RECEIPT_LACKS_SIGNATURE when the entry is there and good, but only some of the keys signed it.
absl::StatusOr<Receipt> CheckReceipt(std::string_view proof, const ReceiptCheck& check);

}  // namespace candor
