// SPDX-License-Identifier: Apache-2.0
#include "client/receipt.h"

#include <algorithm>
#include <string>
#include <utility>

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

absl::Status CheckSignature(const Entry& entry, const ReceiptCheck& check) {
  if (check.keys.empty()) return absl::OkStatus();
  const std::string message = Pae(check.envelope->payload_type, check.envelope->payload);
  for (const EntrySignature& signature : entry.signatures()) {
    const auto key = std::find_if(
        check.keys.begin(), check.keys.end(),
        [&](const PublicKey& candidate) { return candidate.key_hash() == signature.key; });
    if (key != check.keys.end() && key->Verify(message, signature.signature).ok()) {
      return absl::OkStatus();
    }
  }
  return Invalid("the entry has no valid signature by the key that signed");
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
  CANDOR_RETURN_IF_ERROR(CheckSignature(*entry, check));

  CANDOR_ASSIGN_OR_RETURN(const Note note, Note::Parse(proof->checkpoint));
  CANDOR_ASSIGN_OR_RETURN(Checkpoint checkpoint, Checkpoint::ParseText(note.text));
  receipt.leaf_hash = LeafHash(*bytes);
  receipt.index = proof->index;
  receipt.tree_size = checkpoint.tree_size;
  receipt.origin = std::move(checkpoint.origin);
  const absl::Status included = VerifyInclusion(
      receipt.leaf_hash, proof->index, checkpoint.tree_size, proof->proof, checkpoint.root);
  if (!included.ok()) return Invalid(included.message());
  if (check.policy != nullptr) {
    CANDOR_RETURN_IF_ERROR(CheckPolicy(proof->checkpoint, check, &receipt));
  }
  return receipt;
}

}  // namespace candor
