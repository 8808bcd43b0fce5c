// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/note/checkpoint.h"
#include "core/note/cosignature.h"
#include "core/note/note.h"
#include "core/note/policy.h"
#include "core/note/tlog_proof.h"
#include "core/note/vkey.h"
#include "core/note/witness_request.h"
#include "tests/fuzz/targets.h"

namespace candor {
namespace {

constexpr char kNotIdentical[] = "encoding what was decoded gives other bytes";

std::string Identical(std::string_view encoded, std::string_view input) {
  return encoded == input ? "" : kNotIdentical;
}

}  // namespace

FuzzOutcome FuzzNote(std::string_view input) {
  const absl::StatusOr<Note> note = Note::Parse(input);
  if (!note.ok()) return std::nullopt;
  if (note->signatures.size() > kMaxNoteSignatures) return "more signatures than the limit";
  return Identical(note->Format(), input);
}

FuzzOutcome FuzzCheckpoint(std::string_view input) {
  const absl::StatusOr<Checkpoint> checkpoint = Checkpoint::ParseText(input);
  return checkpoint.ok() ? FuzzOutcome(Identical(checkpoint->FormatText(), input)) : std::nullopt;
}

FuzzOutcome FuzzVkey(std::string_view input) {
  const absl::StatusOr<VerifierKey> vkey = VerifierKey::Parse(input);
  return vkey.ok() ? FuzzOutcome(Identical(vkey->ToString(), input)) : std::nullopt;
}

FuzzOutcome FuzzPolicy(std::string_view input) {
  const absl::StatusOr<Policy> policy = Policy::Parse(input);
  if (!policy.ok()) return std::nullopt;
  if (policy->logs().size() > kMaxPolicyLogs || policy->witnesses().size() > kMaxPolicyWitnesses) {
    return "more lines than the limit";
  }
  if (!policy->quorum_is_none() && policy->QuorumSatisfied({})) return "nobody meets the quorum";
  if (policy->Evaluate(input).ok()) return "a policy is no checkpoint";
  return "";
}

FuzzOutcome FuzzTlogProof(std::string_view input) {
  const absl::StatusOr<TlogProof> proof = TlogProof::Parse(input);
  if (!proof.ok()) return std::nullopt;
  if (proof->proof.size() > kMaxProofHashes) return "more hashes than the limit";
  return Identical(proof->Format(), input);
}

FuzzOutcome FuzzAddCheckpoint(std::string_view input) {
  const absl::StatusOr<AddCheckpointRequest> request = AddCheckpointRequest::Parse(input);
  if (!request.ok()) return std::nullopt;
  if (request->proof.size() > kMaxAddCheckpointProofLines) return "more hashes than the limit";
  return Identical(request->Format(), input);
}

FuzzOutcome FuzzCosignature(std::string_view input) {
  const absl::StatusOr<uint64_t> size = ParseTreeSizeBody(input);
  if (size.ok()) return Identical(FormatTreeSizeBody(*size), input);
  const auto lines = ParseAddCheckpointResponse(input);
  if (!lines.ok()) return std::nullopt;
  // Of a key that signed none of them, over a text that none of them is about.
  static const VerifierKey* const kWitness = new VerifierKey(
      VerifierKey::Parse("w9.example+ce81bb1e+BGiyGzfetET1Z0lHLNlNspguZiCD+B74NLXPSECIxgSO")
          .value());
  for (const NoteSignature& line : *lines) {
    const auto time = VerifyCosignature(*kWitness, "log.example\n0\n", line);
    if (time.ok()) return "a foreign cosignature verifies";
  }
  return Identical(FormatAddCheckpointResponse(*lines), input);
}

}  // namespace candor
