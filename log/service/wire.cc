// SPDX-License-Identifier: Apache-2.0
#include "log/service/wire.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

absl::Status Invalid(std::string_view reason, std::string_view message) {
  return Refuse(absl::StatusCode::kInvalidArgument, reason, message);
}

DsseEnvelope EnvelopeFromWire(const candor::v1::Envelope& wire) {
  DsseEnvelope envelope;
  envelope.payload = wire.payload();
  envelope.payload_type = wire.payload_type();
  for (const candor::v1::EnvelopeSignature& signature : wire.signatures()) {
    envelope.signatures.push_back({signature.keyid(), signature.sig()});
  }
  return envelope;
}

absl::StatusOr<bool> WaitsForPublication(candor::v1::WaitFor wait_for) {
  switch (wait_for) {
    case candor::v1::WAIT_FOR_UNSPECIFIED:
    case candor::v1::WAIT_FOR_SEQUENCED:
      return false;
    case candor::v1::WAIT_FOR_PUBLISHED:
      return true;
    default:
      return Invalid("WAIT_FOR_UNKNOWN",
                     absl::StrCat("wait_for has the value ", static_cast<int>(wait_for),
                                  ", which this log does not know; use SEQUENCED or PUBLISHED"));
  }
}

void AddHashes(const std::vector<Hash>& hashes,
               google::protobuf::RepeatedPtrField<std::string>& out) {
  for (const Hash& hash : hashes) *out.Add() = std::string(hash.bytes());
}

}  // namespace

absl::StatusOr<AddSubmission> SubmissionFromWire(const candor::v1::AddEntryRequest& request) {
  AddSubmission submission;
  switch (request.submission_case()) {
    case candor::v1::AddEntryRequest::kEnvelopeJson:
      submission.envelope = request.envelope_json();
      break;
    case candor::v1::AddEntryRequest::kEnvelope:
      submission.envelope = EnvelopeFromWire(request.envelope());
      break;
    default:
      return Invalid("SUBMISSION_MISSING", "submission is missing: set envelope_json or envelope");
  }
  CANDOR_ASSIGN_OR_RETURN(submission.wait_published, WaitsForPublication(request.wait_for()));
  if (request.key_hints_size() > kMaxKeyHints) {
    return Invalid("KEY_HINT_INVALID",
                   absl::StrCat("key_hints has ", request.key_hints_size(), " elements; at most ",
                                kMaxKeyHints, " are taken"));
  }
  for (const std::string& hint : request.key_hints()) {
    const absl::StatusOr<Hash> hash = Hash::FromHex(hint);
    if (!hash.ok()) {
      return Invalid("KEY_HINT_INVALID",
                     "key_hints must be key hashes: 64 lower-case hex digits each");
    }
    submission.key_hints.push_back({*hash});
  }
  return submission;
}

void AnswerToWire(const AddAnswer& answer, candor::v1::AddEntryResponse& response) {
  response.set_index(answer.result.index);
  response.set_leaf_hash(std::string(answer.result.leaf_hash.bytes()));
  response.set_statement_id(std::string(answer.result.statement_id.bytes()));
  response.set_duplicate(answer.result.duplicate);
  response.set_tree_size(answer.result.tree_size);
  response.set_tlog_proof(answer.tlog_proof);
}

absl::StatusOr<Hash> HashFromWire(const std::string& bytes, const char* field) {
  absl::StatusOr<Hash> hash = Hash::FromBytes(bytes);
  if (hash.ok()) return hash;
  return Invalid("HASH_INVALID",
                 absl::StrCat(field, " has ", bytes.size(), " bytes; a SHA-256 value has 32"));
}

void InclusionToWire(InclusionAnswer answer, candor::v1::GetInclusionProofResponse& response) {
  response.set_index(answer.index);
  response.set_tree_size(answer.tree_size);
  response.set_leaf_hash(std::string(answer.leaf_hash.bytes()));
  AddHashes(answer.proof, *response.mutable_hashes());
  response.set_checkpoint(std::move(answer.checkpoint));
}

void ConsistencyToWire(const ConsistencyAnswer& answer,
                       candor::v1::GetConsistencyProofResponse& response) {
  response.set_old_size(answer.old_size);
  response.set_new_size(answer.new_size);
  AddHashes(answer.proof, *response.mutable_hashes());
}

}  // namespace candor
