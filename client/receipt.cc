// SPDX-License-Identifier: Apache-2.0
#include "client/receipt.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/proof_extra.h"
#include "client/quorum_words.h"
#include "client/terminal_text.h"
#include "core/attest/entry.h"
#include "core/merkle/hasher.h"
#include "core/merkle/proof.h"
#include "core/note/checkpoint.h"
#include "core/note/note.h"
#include "core/note/tlog_proof.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

absl::Status Invalid(std::string_view message) {
  return Refuse(absl::StatusCode::kDataLoss, "RECEIPT_INVALID",
                absl::StrCat("the log's answer does not prove that the statement is logged: ",
                             ForTerminal(message)));
}

// The log answers a statement that it has under all of the keys with its first entry of it, which
// may hold fewer: threshold verifiers must not find that out later.
absl::Status LacksSignature(uint64_t index, const std::vector<std::string>& missing) {
  return Refuse(
      absl::StatusCode::kFailedPrecondition, "RECEIPT_LACKS_SIGNATURE",
      absl::StrCat("the log answered with entry ", index,
                   ", which holds only some of the signatures: that of ",
                   absl::StrJoin(missing, ", "),
                   " is not in it. Either the statement was logged before without it, or the log "
                   "does not accept that key for it. Check that the key is enrolled; then publish "
                   "a new statement that all of the keys sign at once, or, if the keys in that "
                   "entry are enough, this one with them alone"));
}

// Sets `*missing` to the keys that did not sign.
absl::Status CheckSignatures(const Entry& entry, const ReceiptCheck& check,
                             std::vector<std::string>* missing) {
  const std::string message = Pae(check.envelope->payload_type, check.envelope->payload);
  const auto& signatures = entry.signatures();
  for (const PublicKey& key : check.keys) {
    const auto found = std::find_if(
        signatures.begin(), signatures.end(),
        [&key](const EntrySignature& signature) { return signature.key == key.key_hash(); });
    if (found == signatures.end()) {
      missing->push_back(absl::StrCat("key ", key.key_hash().hex()));
    } else if (!key.Verify(message, found->signature).ok()) {
      return Invalid(
          absl::StrCat("the entry's signature by key ", key.key_hash().hex(), " does not verify"));
    }
  }
  if (!check.keys.empty() && missing->size() == check.keys.size()) {
    return Invalid("the entry has no valid signature by the key that signed");
  }
  return absl::OkStatus();
}

absl::Status CheckPolicy(std::string_view checkpoint, const ReceiptCheck& check, Receipt* receipt) {
  const absl::StatusOr<PolicyResult> result =
      check.policy->Evaluate(checkpoint, check.latest_credible_time);
  if (!result.ok()) return Invalid(result.status().message());
  for (const PolicyCosignature& cosignature : result->cosignatures) {
    receipt->witnesses.push_back(check.policy->witnesses()[cosignature.witness].name);
  }
  if (!result->quorum_satisfied) {
    return Invalid(
        absl::StrCat("too few cosignatures: ",
                     receipt->witnesses.empty() ? "none" : absl::StrJoin(receipt->witnesses, ", "),
                     " cosigned, the policy needs ", QuorumWords(*check.policy)));
  }
  receipt->logged_by = result->logged_by;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Receipt> CheckReceipt(std::string_view proof_text, const ReceiptCheck& check) {
  const absl::StatusOr<TlogProof> proof = TlogProof::Parse(proof_text);
  if (!proof.ok()) return Invalid(proof.status().message());
  const absl::StatusOr<std::string_view> bytes = EntryOfProof(*proof);
  if (!bytes.ok()) return Invalid(bytes.status().message());
  const absl::StatusOr<Entry> entry = DecodeEntry(*bytes);
  if (!entry.ok()) return Invalid(entry.status().message());

  Receipt receipt;
  receipt.statement_id = StatementId(check.envelope->payload_type, check.envelope->payload);
  if (entry->statement_id() != receipt.statement_id) {
    return Invalid("it is about another statement");
  }
  std::vector<std::string> missing;
  CANDOR_RETURN_IF_ERROR(CheckSignatures(*entry, check, &missing));

  const absl::StatusOr<Note> note = Note::Parse(proof->checkpoint);
  if (!note.ok()) return Invalid(note.status().message());
  absl::StatusOr<Checkpoint> checkpoint = Checkpoint::ParseText(note->text);
  if (!checkpoint.ok()) return Invalid(checkpoint.status().message());
  receipt.leaf_hash = LeafHash(*bytes);
  receipt.index = proof->index;
  receipt.tree_size = checkpoint->tree_size;
  receipt.origin = std::move(checkpoint->origin);
  const absl::Status included = VerifyInclusion(
      receipt.leaf_hash, proof->index, checkpoint->tree_size, proof->proof, checkpoint->root);
  if (!included.ok()) return Invalid(included.message());
  if (check.policy != nullptr) {
    CANDOR_RETURN_IF_ERROR(CheckPolicy(proof->checkpoint, check, &receipt));
  }
  if (!missing.empty()) return LacksSignature(receipt.index, missing);
  return receipt;
}

}  // namespace candor
