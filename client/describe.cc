// SPDX-License-Identifier: Apache-2.0
#include "client/describe.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/enrollment.h"
#include "client/proof_extra.h"
#include "client/terminal_text.h"
#include "core/attest/content.h"
#include "core/merkle/hasher.h"
#include "core/note/checkpoint.h"
#include "core/note/cosignature.h"
#include "core/note/note.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr size_t kMaxSubjectsShown = 20;
// u64 timestamp and an Ed25519 signature: a cosignature by its length.
constexpr size_t kTimestampBytes = 8;

std::string PurlsOf(const EntryContent& content) {
  if (content.purls.empty()) return "no product";
  std::vector<std::string> words;
  for (const Purl& purl : content.purls) words.push_back(purl.ToString());
  return ForTerminal(absl::StrJoin(words, ", "));
}

std::string SubjectLine(const Subject& subject) {
  std::string out = absl::StrCat(
      "  subject      ", ForTerminal(subject.name.empty() ? subject.uri : subject.name, 200), "\n");
  for (const auto& [algorithm, value] : subject.digest) {
    absl::StrAppend(&out, "    ", ForTerminal(algorithm), " ", ForTerminal(value, 200), "\n");
  }
  return out;
}

std::string ContentWords(const EntryContent& content) {
  if (content.keyset) return EnrollmentWords(*content.keyset);
  if (content.log_config) {
    return absl::StrCat("  log          ", ForTerminal(content.log_config->origin),
                        "\n  registrar    ", content.log_config->registrar_threshold, " of ",
                        content.log_config->registrar_keys.size(), " keys\n");
  }
  std::string out = absl::StrCat("  about        ", PurlsOf(content), "\n");
  const auto& subjects = content.statement.subjects;
  for (size_t i = 0; i < std::min(subjects.size(), kMaxSubjectsShown); ++i) {
    out += SubjectLine(subjects[i]);
  }
  if (subjects.size() > kMaxSubjectsShown) {
    absl::StrAppend(&out, "  and ", subjects.size() - kMaxSubjectsShown, " more subjects\n");
  }
  return out;
}

std::string ContentOrError(const absl::StatusOr<EntryContent>& content) {
  if (!content.ok()) {
    return absl::StrCat("  not readable: ", ForTerminal(content.status().message()), "\n");
  }
  return absl::StrCat("  kind         ", KindName(content->kind), "\n", ContentWords(*content));
}

void AddContent(const absl::StatusOr<EntryContent>& content, Json* out) {
  if (!content.ok()) return;
  (*out)["kind"] = KindName(content->kind);
  (*out)["predicateType"] = content->statement.predicate_type;
  (*out)["purls"] = Json::array();
  for (const Purl& purl : content->purls) (*out)["purls"].push_back(purl.ToString());
  (*out)["subjects"] = Json::array();
  for (const Subject& subject : content->statement.subjects) {
    (*out)["subjects"].push_back(
        {{"name", subject.name}, {"uri", subject.uri}, {"digest", subject.digest}});
  }
  (*out)["predicate"] = *content->statement.predicate;
}

// The time in a signature that has the shape of a cosignature; other lines are the log's own.
std::optional<uint64_t> CosignatureTime(const NoteSignature& signature) {
  if (signature.signature.size() != kCosignatureBytes) return std::nullopt;
  uint64_t time = 0;
  for (size_t i = 0; i < kTimestampBytes; ++i) {
    time = time << 8 | static_cast<unsigned char>(signature.signature[i]);
  }
  return time;
}

// The entry in a proof's extra line, which proofs of other logs do not have.
absl::StatusOr<Entry> EntryIn(const TlogProof& proof) {
  CANDOR_ASSIGN_OR_RETURN(const std::string_view bytes, EntryOfProof(proof));
  return DecodeEntry(bytes);
}

}  // namespace

std::string DescribeEntry(const Entry& entry) {
  std::string out = absl::StrCat(
      "entry (signatures not checked here)\n  statement id ", entry.statement_id().hex(),
      "\n  leaf hash    ", LeafHash(EncodeEntry(entry)).hex(), "\n  payload      ",
      ForTerminal(entry.payload_type()), ", ", entry.payload_size(), " bytes",
      entry.is_inline() ? "" : ", kept apart", ", sha256 ", entry.payload_hash().hex(), "\n");
  for (const EntrySignature& signature : entry.signatures()) {
    absl::StrAppend(&out, "  signed by    ", signature.key.hex(), " (",
                    AlgorithmName(signature.algorithm), ")\n");
  }
  if (!entry.is_inline()) return out;
  return out + ContentOrError(ExamineEntry(entry));
}

std::string DescribeEnvelope(const DsseEnvelope& envelope) {
  std::string out =
      absl::StrCat("signed envelope (signatures not checked here)\n  statement id ",
                   StatementId(envelope.payload_type, envelope.payload).hex(), "\n  payload      ",
                   ForTerminal(envelope.payload_type), ", ", envelope.payload.size(), " bytes\n");
  for (const DsseSignature& signature : envelope.signatures) {
    absl::StrAppend(&out, "  signed by    ",
                    signature.keyid.empty() ? "an unnamed key" : ForTerminal(signature.keyid),
                    "\n");
  }
  return out + ContentOrError(ExamineContent(envelope.payload_type, envelope.payload));
}

absl::StatusOr<std::string> DescribeCheckpoint(std::string_view bytes) {
  CANDOR_ASSIGN_OR_RETURN(const Note note, Note::Parse(bytes));
  CANDOR_ASSIGN_OR_RETURN(const Checkpoint checkpoint, Checkpoint::ParseText(note.text));
  std::string out = absl::StrCat(
      "checkpoint (signatures not checked here)\n  log          ", ForTerminal(checkpoint.origin),
      "\n  entries      ", checkpoint.tree_size, "\n  root hash    ", checkpoint.root.hex(), "\n");
  for (const std::string& line : checkpoint.extensions) {
    absl::StrAppend(&out, "  extension    ", ForTerminal(line), "\n");
  }
  for (const NoteSignature& signature : note.signatures) {
    const std::optional<uint64_t> time = CosignatureTime(signature);
    absl::StrAppend(&out, time ? "  cosigned by  " : "  signed by    ", ForTerminal(signature.name),
                    time ? " at " : "", time ? UtcTime(*time) : "", "\n");
  }
  return out;
}

absl::StatusOr<std::string> DescribeProof(const TlogProof& proof) {
  std::string out = absl::StrCat("proof of entry ", proof.index, ", ", proof.proof.size(),
                                 " hashes (nothing checked here: use candor verify)\n");
  CANDOR_ASSIGN_OR_RETURN(const std::string checkpoint, DescribeCheckpoint(proof.checkpoint));
  const absl::StatusOr<Entry> entry = EntryIn(proof);
  absl::StrAppend(&out, checkpoint,
                  entry.ok() ? DescribeEntry(*entry)
                             : absl::StrCat("no entry that this program can read: ",
                                            ForTerminal(entry.status().message()), "\n"));
  return out;
}

std::string EntryLine(uint64_t index, const Entry& entry,
                      absl::Span<const std::string> participants) {
  const absl::StatusOr<EntryContent> content = ExamineEntry(entry);
  // Names are domain names: each fits a terminal, however many there are.
  std::string by;
  for (const std::string& name : participants) {
    absl::StrAppend(&by, by.empty() ? " by " : ", ", ForTerminal(name));
  }
  if (!content.ok()) return absl::StrCat("entry ", index, ": a statement kept apart", by);
  if (content->log_config) {
    return absl::StrCat("entry ", index, ": log-config of ",
                        ForTerminal(content->log_config->origin));
  }
  if (content->keyset) {
    return absl::StrCat("entry ", index, ": ", RoleName(content->keyset->grant.role), " ",
                        ForTerminal(content->keyset->participant), " enrolled");
  }
  return absl::StrCat("entry ", index, ": ", KindName(content->kind), " of ", PurlsOf(*content),
                      by);
}

Json EntryJson(const Entry& entry) {
  Json out = {{"statementId", entry.statement_id().hex()},
              {"leafHash", LeafHash(EncodeEntry(entry)).hex()},
              {"payloadType", entry.payload_type()},
              {"payloadBytes", entry.payload_size()},
              {"payloadSha256", entry.payload_hash().hex()},
              {"inline", entry.is_inline()},
              {"signatures", Json::array()}};
  for (const EntrySignature& signature : entry.signatures()) {
    out["signatures"].push_back(
        {{"keyhash", signature.key.hex()}, {"alg", AlgorithmName(signature.algorithm)}});
  }
  AddContent(ExamineEntry(entry), &out);
  return out;
}

Json EnvelopeJson(const DsseEnvelope& envelope) {
  Json out = {{"statementId", StatementId(envelope.payload_type, envelope.payload).hex()},
              {"payloadType", envelope.payload_type},
              {"payloadBytes", envelope.payload.size()},
              {"signatures", Json::array()}};
  for (const DsseSignature& signature : envelope.signatures) {
    out["signatures"].push_back(Json::object({{"keyid", signature.keyid}}));
  }
  AddContent(ExamineContent(envelope.payload_type, envelope.payload), &out);
  return out;
}

absl::StatusOr<Json> CheckpointJson(std::string_view bytes) {
  CANDOR_ASSIGN_OR_RETURN(const Note note, Note::Parse(bytes));
  CANDOR_ASSIGN_OR_RETURN(const Checkpoint checkpoint, Checkpoint::ParseText(note.text));
  Json out = {{"origin", checkpoint.origin},
              {"treeSize", checkpoint.tree_size},
              {"rootHash", checkpoint.root.hex()},
              {"signatures", Json::array()}};
  for (const NoteSignature& signature : note.signatures) {
    Json line = {{"name", signature.name}};
    if (const auto time = CosignatureTime(signature)) line["time"] = *time;
    out["signatures"].push_back(std::move(line));
  }
  return out;
}

absl::StatusOr<Json> ProofJson(const TlogProof& proof) {
  Json out = {{"index", proof.index}, {"hashes", Json::array()}};
  for (const Hash& hash : proof.proof) out["hashes"].push_back(hash.hex());
  CANDOR_ASSIGN_OR_RETURN(out["checkpoint"], CheckpointJson(proof.checkpoint));
  const absl::StatusOr<Entry> entry = EntryIn(proof);
  if (entry.ok()) {
    out["entry"] = EntryJson(*entry);
  } else {
    out["noEntry"] = std::string(entry.status().message());
  }
  return out;
}

}  // namespace candor
