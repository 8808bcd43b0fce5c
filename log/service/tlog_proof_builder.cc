// SPDX-License-Identifier: Apache-2.0
#include "log/service/tlog_proof_builder.h"

#include "absl/strings/str_cat.h"
#include "core/merkle/hasher.h"
#include "core/merkle/proof.h"
#include "core/note/tlog_proof.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {

absl::StatusOr<std::string> BuildTlogProof(const LogReader& reader, uint64_t index,
                                           const PublishedCheckpoint& published) {
  const Checkpoint& checkpoint = published.checkpoint;
  CANDOR_ASSIGN_OR_RETURN(const std::string entry, reader.ReadEntry(index, checkpoint.tree_size));
  TlogProof proof;
  proof.extra = std::string(1, kProofExtraEntry) + entry;
  proof.index = index;
  CANDOR_ASSIGN_OR_RETURN(proof.proof, reader.InclusionProof(index, checkpoint.tree_size));
  proof.checkpoint = published.note;
  const absl::Status verified =
      VerifyInclusion(LeafHash(entry), index, checkpoint.tree_size, proof.proof, checkpoint.root);
  if (!verified.ok()) {
    return Refuse(
        absl::StatusCode::kDataLoss, "PROOF_MISMATCH",
        absl::StrCat("the store's proof of entry ", index,
                     " does not lead to the published checkpoint of ", checkpoint.tree_size));
  }
  return proof.Format();
}

}  // namespace candor
