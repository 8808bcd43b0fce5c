// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "core/note/policy.h"
#include "log/publisher/signed_head.h"
#include "log/publisher/witness_link.h"

namespace candor {

// A signed checkpoint and the cosignatures that were gathered for it: at most one for each witness
// of the policy, the newest. Not thread-safe.
class CosignedHead {
 public:
  // `policy` outlives this.
  CosignedHead(std::shared_ptr<const SignedHead> head, const Policy* policy);

  // Takes the cosignatures over from a published note of the same text. INVALID_ARGUMENT or
  // PERMISSION_DENIED when the note is none of these. Signatures by others than the policy's
  // witnesses are left behind.
  absl::Status TakeFrom(const std::string& note);

  // `witness` is an index in policy.witnesses(). False when an equally new one is held already.
  bool Add(size_t witness, const WitnessLink::Cosignature& cosignature);

  // When the witness last cosigned, by its clock; InfinitePast if it did not.
  absl::Time CosignedAt(size_t witness) const;
  size_t cosignature_count() const { return cosignatures_.size(); }
  bool QuorumSatisfied() const;

  // The text, the log's signature, and the cosignatures in the order of the policy.
  std::string Note() const;

  const SignedHead& head() const { return *head_; }
  const std::shared_ptr<const SignedHead>& shared_head() const { return head_; }
  uint64_t tree_size() const { return head_->checkpoint.tree_size; }

 private:
  const std::shared_ptr<const SignedHead> head_;
  const Policy* const policy_;
  std::map<size_t, WitnessLink::Cosignature> cosignatures_;
};

}  // namespace candor
