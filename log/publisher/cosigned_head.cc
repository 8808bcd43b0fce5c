// SPDX-License-Identifier: Apache-2.0
#include "log/publisher/cosigned_head.h"

#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "core/note/cosignature.h"
#include "core/note/note.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {

CosignedHead::CosignedHead(std::shared_ptr<const SignedHead> head, const Policy* policy)
    : head_(std::move(head)), policy_(policy) {}

absl::Status CosignedHead::TakeFrom(const std::string& bytes) {
  CANDOR_ASSIGN_OR_RETURN(const candor::Note note, candor::Note::Parse(bytes));
  if (note.text != head_->text) {
    return Refuse(absl::StatusCode::kInvalidArgument, "CHECKPOINT_MISMATCH",
                  "the published checkpoint has another text than the signed one of its size");
  }
  const auto& witnesses = policy_->witnesses();
  for (size_t i = 0; i < witnesses.size(); ++i) {
    const VerifierKey& vkey = witnesses[i].vkey;
    if (vkey.type() != SignatureType::kCosignatureEd25519) continue;
    for (const NoteSignature& signature : note.signatures) {
      if (!vkey.Matches(signature)) continue;
      CANDOR_ASSIGN_OR_RETURN(const uint64_t time, VerifyCosignature(vkey, note.text, signature));
      Add(i, {signature, time});
    }
  }
  return absl::OkStatus();
}

bool CosignedHead::Add(size_t witness, const WitnessLink::Cosignature& cosignature) {
  const auto [position, added] = cosignatures_.try_emplace(witness, cosignature);
  if (added) return true;
  if (position->second.time >= cosignature.time) return false;
  position->second = cosignature;
  return true;
}

absl::Time CosignedHead::CosignedAt(size_t witness) const {
  const auto position = cosignatures_.find(witness);
  if (position == cosignatures_.end()) return absl::InfinitePast();
  return absl::FromUnixSeconds(static_cast<int64_t>(position->second.time));
}

bool CosignedHead::QuorumSatisfied() const {
  absl::flat_hash_set<std::string> names;
  for (const auto& [witness, cosignature] : cosignatures_) {
    names.insert(policy_->witnesses()[witness].name);
  }
  return policy_->QuorumSatisfied(names);
}

std::string CosignedHead::Note() const {
  candor::Note note{head_->text, {head_->log_signature}};
  for (const auto& [witness, cosignature] : cosignatures_) {
    note.signatures.push_back(cosignature.signature);
  }
  return note.Format();
}

}  // namespace candor
