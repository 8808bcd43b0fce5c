// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/crypto/hash.h"
#include "witness/state/cosigned_checkpoint.h"

namespace candor {

using CosignedCheckpointPtr = std::shared_ptr<const CosignedCheckpoint>;

// What a witness must never forget: for each log, by the hash of its origin, the latest checkpoint
// that it cosigned. Every implementation passes the test in witness_state_contract.h. Thread-safe.
class WitnessState {
 public:
  virtual ~WitnessState() = default;

  // Null when this witness never cosigned a checkpoint of that log.
  virtual CosignedCheckpointPtr Latest(const Hash& origin_hash) const = 0;

  // Replaces the latest checkpoint of next->origin_hash(), atomically, if it still is `expected`
  // (null: if there is none). Durable on OK: only then may the cosignature leave.
  //   ABORTED             "STATE_CONFLICT": it is another one by now; read it and check again
  //   FAILED_PRECONDITION "STATE_WOULD_GO_BACK": a smaller tree, another root of the same size, or
  //   an
  //                       earlier time; nothing changed
  //   UNAVAILABLE         "STATE_NOT_PERSISTED": it may be stored or not; nothing may leave
  virtual absl::Status Advance(const CosignedCheckpointPtr& expected,
                               const CosignedCheckpointPtr& next) = 0;

  // OK while Advance can work. A state that failed to write once stays that way until a restart.
  virtual absl::Status Health() const = 0;
};

// The rules of Advance, shared by all implementations; `latest` is what is stored.
absl::Status CheckAdvance(const CosignedCheckpointPtr& latest,
                          const CosignedCheckpointPtr& expected, const CosignedCheckpointPtr& next);

}  // namespace candor
