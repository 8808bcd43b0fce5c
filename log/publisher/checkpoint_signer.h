// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/crypto/hash.h"
#include "core/merkle/tree.h"
#include "core/note/signer.h"
#include "log/publisher/checkpoint_keeper.h"
#include "log/publisher/signed_head.h"

namespace candor {

// The only place where the log's key signs. It never signs a checkpoint that is not consistent with
// the last one it signed: it proves the consistency itself, from the tree, before each signature,
// and a signature leaves it only after it is durable. Not thread-safe.
class CheckpointSigner {
 public:
  // `reader` serves the sequenced tree, `keeper` makes checkpoints durable; both outlive this.
  CheckpointSigner(NoteSigner signer, const HashReader* reader, CheckpointKeeper* keeper);

  // Takes up what an earlier run signed last, as the keeper kept it. DATA_LOSS (reason
  // SIGNED_CHECKPOINT_DAMAGED) when that is not a checkpoint of this log by this key.
  absl::Status Restore(const std::string& note);

  // Signs the head of the sequenced tree and makes it the last one. When the size is that of the
  // last one and the root too, that is the answer. FAILED_PRECONDITION (reason HEAD_INCONSISTENT)
  // when the head does not extend the last one: from then on it signs nothing (halted()). Other
  // errors may be retried.
  absl::StatusOr<std::shared_ptr<const SignedHead>> Sign(uint64_t tree_size, const Hash& root);

  // Signs nothing from now on; `why` (not OK) is what Sign answers.
  void Halt(absl::Status why) { halted_ = std::move(why); }

  // Null before the first.
  const std::shared_ptr<const SignedHead>& last() const { return last_; }
  // Not OK once it was halted or an inconsistent head was seen.
  const absl::Status& halted() const { return halted_; }

 private:
  absl::Status CheckExtendsLast(uint64_t tree_size, const Hash& root);
  absl::StatusOr<std::shared_ptr<const SignedHead>> SignText(Checkpoint checkpoint) const;

  const NoteSigner signer_;
  const HashReader* const reader_;
  CheckpointKeeper* const keeper_;
  std::shared_ptr<const SignedHead> last_;
  absl::Status halted_;
};

}  // namespace candor
