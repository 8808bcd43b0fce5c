// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "core/note/checkpoint.h"
#include "core/note/note.h"
#include "core/note/signer.h"
#include "core/note/vkey.h"
#include "core/note/witness_request.h"
#include "witness/state/witness_state.h"

namespace candor {

// The old size of a request is not that of the latest cosigned checkpoint, which is this.
struct SizeConflict {
  uint64_t latest_size = 0;
};

using AddCheckpointAnswer = std::variant<std::vector<NoteSignature>, SizeConflict>;

// The witness itself (C2SP tlog-witness), without a transport: checks that a log only ever grows,
// and cosigns. What it cosigns is in the state first; the same checkpoint again within one second
// gets the cosignature that is there. Thread-safe; blocks while the state is written.
class Witness {
 public:
  // `cosigner`, `state` and `clock` must outlive this. `logs`: the keys of the logs it follows,
  // each named as its log's origin.
  Witness(std::vector<VerifierKey> logs, const Cosigner* cosigner, WitnessState* state,
          const Clock* clock);

  // The body of add-checkpoint. Checks run in the standard's order; a refusal changes nothing:
  //   INVALID_ARGUMENT     malformed, or an old size beyond the checkpoint's
  //   NOT_FOUND            "ORIGIN_UNKNOWN"
  //   PERMISSION_DENIED    "SIGNATURE_MISSING", "SIGNATURE_INVALID"
  //   (SizeConflict)       the old size is not the latest one: an answer, not an error
  //   FAILED_PRECONDITION  "EMPTY_ROOT_WRONG", "CHECKPOINT_INCONSISTENT": the checkpoint is signed
  //   by the log
  //                        and does not follow from what this witness has seen
  //   UNAVAILABLE          "STATE_NOT_PERSISTED", "CLOCK_UNSET", "TOO_BUSY": nothing was cosigned
  //   for the
  //                        caller; a later try may work
  absl::StatusOr<AddCheckpointAnswer> AddCheckpoint(std::string_view body);

 private:
  absl::StatusOr<AddCheckpointAnswer> TryOnce(const AddCheckpointRequest& request,
                                              const SignedCheckpoint& submitted);
  absl::StatusOr<uint64_t> CosigningTime(const CosignedCheckpointPtr& latest) const;

  const std::vector<VerifierKey> logs_;
  const Cosigner* const cosigner_;
  WitnessState* const state_;
  const Clock* const clock_;
};

}  // namespace candor
