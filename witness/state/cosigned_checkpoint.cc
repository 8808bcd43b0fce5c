// SPDX-License-Identifier: Apache-2.0
#include "witness/state/cosigned_checkpoint.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "core/note/cosignature.h"
#include "core/note/note.h"
#include "core/note/verify.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {

absl::StatusOr<CosignedCheckpoint> CosignedCheckpoint::Parse(std::string_view note,
                                                             const VerifierKey& witness) {
  CosignedCheckpoint result;
  CANDOR_ASSIGN_OR_RETURN(const OpenedNote opened,
                          OpenNote(note, absl::MakeConstSpan(&witness, 1)));
  if (opened.verified.size() != 1) {
    return Refuse(absl::StatusCode::kInvalidArgument, "COSIGNATURE_DUPLICATE",
                  "the checkpoint has more than one cosignature by this witness");
  }
  CANDOR_ASSIGN_OR_RETURN(result.checkpoint_, Checkpoint::ParseText(opened.note.text));
  result.cosignature_ = opened.note.signatures[opened.verified.front().signature_index];
  CANDOR_ASSIGN_OR_RETURN(result.cosigned_at_,
                          VerifyCosignature(witness, opened.note.text, result.cosignature_));
  result.origin_hash_ = Sha256(result.checkpoint_.origin);
  result.note_ = std::string(note);
  result.text_bytes_ = opened.note.text.size();
  return result;
}

}  // namespace candor
