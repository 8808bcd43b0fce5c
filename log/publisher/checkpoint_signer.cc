// SPDX-License-Identifier: Apache-2.0
#include "log/publisher/checkpoint_signer.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/merkle/proof.h"
#include "core/note/checkpoint.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {

CheckpointSigner::CheckpointSigner(NoteSigner signer, const HashReader* reader,
                                   CheckpointKeeper* keeper)
    : signer_(std::move(signer)), reader_(reader), keeper_(keeper) {}

absl::Status CheckpointSigner::Restore(const std::string& note) {
  absl::StatusOr<SignedCheckpoint> opened =
      OpenCheckpoint(note, absl::MakeConstSpan(&signer_.vkey(), 1));
  if (!opened.ok()) {
    return Refuse(absl::StatusCode::kDataLoss, "SIGNED_CHECKPOINT_DAMAGED",
                  absl::StrCat("the last signed checkpoint is not one by this log's key: ",
                               opened.status().message()));
  }
  auto head = std::make_shared<SignedHead>();
  head->checkpoint = std::move(opened->checkpoint);
  head->text = opened->note.text;
  head->log_signature = opened->note.signatures[opened->log_signatures.front().signature_index];
  head->note = Note{head->text, {head->log_signature}}.Format();
  last_ = std::move(head);
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const SignedHead>> CheckpointSigner::Sign(uint64_t tree_size,
                                                                         const Hash& root) {
  CANDOR_RETURN_IF_ERROR(halted_);
  if (last_ != nullptr) {
    CANDOR_RETURN_IF_ERROR(CheckExtendsLast(tree_size, root));
    if (tree_size == last_->checkpoint.tree_size) return last_;
  }
  Checkpoint checkpoint;
  checkpoint.origin = signer_.vkey().name();
  checkpoint.tree_size = tree_size;
  checkpoint.root = root;
  CANDOR_ASSIGN_OR_RETURN(std::shared_ptr<const SignedHead> head, SignText(std::move(checkpoint)));
  CANDOR_RETURN_IF_ERROR(keeper_->KeepSigned(tree_size, head->note));
  last_ = std::move(head);
  return last_;
}

absl::Status CheckpointSigner::CheckExtendsLast(uint64_t tree_size, const Hash& root) {
  const Checkpoint& last = last_->checkpoint;
  absl::Status verified;
  if (tree_size < last.tree_size) {
    verified = absl::InvalidArgumentError("it is smaller");
  } else {
    // A tree that can not be read may be readable later: that halts nothing.
    CANDOR_ASSIGN_OR_RETURN(const std::vector<Hash> proof,
                            ConsistencyProof(last.tree_size, tree_size, *reader_));
    verified = VerifyConsistency(last.tree_size, tree_size, last.root, root, proof);
  }
  if (verified.ok()) return verified;
  halted_ = Refuse(
      absl::StatusCode::kFailedPrecondition, "HEAD_INCONSISTENT",
      absl::StrCat("the tree of ", tree_size, " entries does not extend the signed checkpoint of ",
                   last.tree_size, " (", verified.message(),
                   "); nothing more is signed: restore the store that this log signed for"));
  return halted_;
}

absl::StatusOr<std::shared_ptr<const SignedHead>> CheckpointSigner::SignText(
    Checkpoint checkpoint) const {
  auto head = std::make_shared<SignedHead>();
  head->checkpoint = std::move(checkpoint);
  head->text = head->checkpoint.FormatText();
  CANDOR_ASSIGN_OR_RETURN(head->log_signature, signer_.Sign(head->text));
  head->note = Note{head->text, {head->log_signature}}.Format();
  return head;
}

}  // namespace candor
