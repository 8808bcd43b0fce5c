// SPDX-License-Identifier: Apache-2.0
#include "witness/service/witness.h"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/log.h"
#include "core/merkle/hasher.h"
#include "core/merkle/proof.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

// Each try after the first means that another request for the same log went ahead.
constexpr int kMaxTries = 16;

absl::Status Inconsistent(std::string_view reason, std::string_view message) {
  return Refuse(absl::StatusCode::kFailedPrecondition, reason, message);
}

absl::Status CheckConsistency(const AddCheckpointRequest& request, const Checkpoint& next,
                              const CosignedCheckpointPtr& latest) {
  if (next.tree_size == 0 && next.root != EmptyRoot()) {
    return Inconsistent("EMPTY_ROOT_WRONG",
                        "the root hash of a checkpoint of size 0 must be the hash of nothing");
  }
  const Hash old_root = latest == nullptr ? EmptyRoot() : latest->checkpoint().root;
  const absl::Status status =
      VerifyConsistency(request.old_size, next.tree_size, old_root, next.root, request.proof);
  if (status.ok()) return absl::OkStatus();
  return Inconsistent("CHECKPOINT_INCONSISTENT",
                      absl::StrCat("the checkpoint is not shown to extend the latest one that was "
                                   "cosigned: ",
                                   status.message()));
}

// Whether a cosignature made now would say again what the stored one says.
bool IsCosigned(const CosignedCheckpointPtr& latest, std::string_view text, uint64_t now) {
  return latest != nullptr && latest->cosigned_at() == now && latest->text() == text;
}

// The checkpoint as it is kept: the log's signatures that were verified, each key once, and ours.
// With `same`, which has the same cosignature, those that it has stay.
absl::StatusOr<std::string> KeptNote(const SignedCheckpoint& submitted,
                                     const CosignedCheckpointPtr& same,
                                     const NoteSignature& cosignature) {
  Note note{.text = submitted.note.text, .signatures = {}};
  if (same != nullptr) {
    CANDOR_ASSIGN_OR_RETURN(note, Note::Parse(same->note()));
    std::erase(note.signatures, cosignature);
  }
  for (const VerifiedSignature& verified : submitted.log_signatures) {
    const NoteSignature& signature = submitted.note.signatures[verified.signature_index];
    const bool known = std::any_of(
        note.signatures.begin(), note.signatures.end(), [&](const NoteSignature& other) {
          return other.key_id == signature.key_id && other.name == signature.name;
        });
    if (!known) note.signatures.push_back(signature);
  }
  note.signatures.push_back(cosignature);
  return note.Format();
}

void WarnOfInconsistency(const AddCheckpointRequest& request, const Checkpoint& checkpoint,
                         const absl::Status& status) {
  LogWarning("a log signed a checkpoint that was not shown to be consistent",
             {{"origin", checkpoint.origin},
              {"old_size", request.old_size},
              {"tree_size", checkpoint.tree_size},
              {"root", checkpoint.root.hex()},
              {"reason", ReasonOf(status)}});
}

}  // namespace

Witness::Witness(std::vector<VerifierKey> logs, const Cosigner* cosigner, WitnessState* state,
                 const Clock* clock)
    : logs_(std::move(logs)), cosigner_(cosigner), state_(state), clock_(clock) {}

absl::StatusOr<AddCheckpointAnswer> Witness::AddCheckpoint(std::string_view body) {
  CANDOR_ASSIGN_OR_RETURN(const AddCheckpointRequest request, AddCheckpointRequest::Parse(body));
  CANDOR_ASSIGN_OR_RETURN(const SignedCheckpoint submitted,
                          OpenCheckpoint(request.checkpoint, logs_));
  if (request.old_size > submitted.checkpoint.tree_size) {
    return Refuse(absl::StatusCode::kInvalidArgument, "OLD_SIZE_TOO_LARGE",
                  absl::StrCat("the old size ", request.old_size, " must not be larger than the ",
                               "checkpoint's size ", submitted.checkpoint.tree_size));
  }
  for (int i = 0; i < kMaxTries; ++i) {
    absl::StatusOr<AddCheckpointAnswer> answer = TryOnce(request, submitted);
    // Whoever went ahead may have changed what the request is checked against: check again.
    if (!absl::IsAborted(answer.status())) return answer;
  }
  return Refuse(absl::StatusCode::kUnavailable, "TOO_BUSY",
                "too many checkpoints of this log were submitted at the same time; try again");
}

absl::StatusOr<AddCheckpointAnswer> Witness::TryOnce(const AddCheckpointRequest& request,
                                                     const SignedCheckpoint& submitted) {
  const Checkpoint& next = submitted.checkpoint;
  const CosignedCheckpointPtr latest = state_->Latest(Sha256(next.origin));
  const uint64_t latest_size = latest == nullptr ? 0 : latest->checkpoint().tree_size;
  if (request.old_size != latest_size) return SizeConflict{.latest_size = latest_size};
  if (absl::Status status = CheckConsistency(request, next, latest); !status.ok()) {
    WarnOfInconsistency(request, next, status);
    return status;
  }
  CANDOR_ASSIGN_OR_RETURN(const uint64_t now, CosigningTime(latest));
  const CosignedCheckpointPtr same =
      IsCosigned(latest, submitted.note.text, now) ? latest : nullptr;
  NoteSignature cosignature;
  if (same != nullptr) {
    cosignature = same->cosignature();
  } else {
    CANDOR_ASSIGN_OR_RETURN(cosignature, cosigner_->Cosign(submitted.note.text, now));
  }
  CANDOR_ASSIGN_OR_RETURN(const std::string note, KeptNote(submitted, same, cosignature));
  // Anyone may replay a public checkpoint: within the second it brings nothing to write.
  if (same != nullptr && note == same->note()) {
    return std::vector<NoteSignature>{std::move(cosignature)};
  }
  CANDOR_ASSIGN_OR_RETURN(CosignedCheckpoint kept,
                          CosignedCheckpoint::Parse(note, cosigner_->vkey()));
  CANDOR_RETURN_IF_ERROR(
      state_->Advance(latest, std::make_shared<const CosignedCheckpoint>(std::move(kept))));
  return std::vector<NoteSignature>{std::move(cosignature)};
}

absl::StatusOr<uint64_t> Witness::CosigningTime(const CosignedCheckpointPtr& latest) const {
  const int64_t now = absl::ToUnixSeconds(clock_->Now());
  if (now <= 0) {
    return Refuse(absl::StatusCode::kUnavailable, "CLOCK_UNSET",
                  "the witness can not cosign: its clock is not set");
  }
  const uint64_t last = latest == nullptr ? 0 : latest->cosigned_at();
  const auto seconds = static_cast<uint64_t>(now);
  if (seconds < last) {
    // Times never decrease, also when the clock was set back.
    LogWarning("the clock is behind the latest cosignature",
               {{"origin", latest->checkpoint().origin}, {"seconds", last - seconds}});
  }
  return std::max(seconds, last);
}

}  // namespace candor
