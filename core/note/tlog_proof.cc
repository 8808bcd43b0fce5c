// SPDX-License-Identifier: Apache-2.0
#include "core/note/tlog_proof.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/note/checkpoint.h"
#include "core/note/lines.h"
#include "core/note/note.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr std::string_view kHeader = "c2sp.org/tlog-proof@v1";

absl::Status Malformed(std::string_view message) {
  return Refuse(absl::StatusCode::kInvalidArgument, "TLOG_PROOF_MALFORMED", message);
}

absl::StatusOr<std::string> ParseExtra(std::string_view base64) {
  absl::StatusOr<std::string> bytes = Base64Decode(base64);
  if (!bytes.ok() || bytes->empty()) {
    return Malformed("the extra line of a proof must hold canonical base64 of at least one byte");
  }
  return bytes;
}

absl::StatusOr<uint64_t> ParseIndex(std::optional<std::string_view> line) {
  const std::optional<std::string_view> digits = AfterPrefix(line, "index ");
  if (!digits) {
    return Malformed("a proof must have an index line after its header and extra line");
  }
  absl::StatusOr<uint64_t> index = ParseDecimal(*digits);
  if (!index.ok()) {
    return Malformed("the index of a proof must be a decimal without leading zeroes");
  }
  return index;
}

// The hash lines, and the empty line that ends them.
absl::StatusOr<std::vector<Hash>> ParseHashes(LineReader& reader) {
  std::vector<Hash> hashes;
  while (const std::optional<std::string_view> line = reader.Next()) {
    if (line->empty()) return hashes;
    if (hashes.size() == kMaxProofHashes) {
      return Malformed(absl::StrCat("a proof may have at most ", kMaxProofHashes, " hashes"));
    }
    const absl::StatusOr<Hash> hash = ParseHashLine(*line);
    if (!hash.ok()) return Malformed("a hash line of a proof must be canonical base64 of 32 bytes");
    hashes.push_back(*hash);
  }
  return Malformed("a proof must have an empty line before its checkpoint");
}

absl::Status CheckCheckpoint(std::string_view bytes, uint64_t index) {
  CANDOR_ASSIGN_OR_RETURN(const Note note, Note::Parse(bytes));
  CANDOR_ASSIGN_OR_RETURN(const Checkpoint checkpoint, Checkpoint::ParseText(note.text));
  if (index >= checkpoint.tree_size) {
    return Malformed(absl::StrCat("the proof's index ", index, " is not in its tree of size ",
                                  checkpoint.tree_size));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TlogProof> TlogProof::Parse(std::string_view bytes) {
  if (bytes.size() > kMaxTlogProofBytes) {
    return Malformed(absl::StrCat("a proof may have at most ", kMaxTlogProofBytes, " bytes"));
  }
  LineReader reader(bytes);
  if (reader.Next() != kHeader) {
    return Malformed(absl::StrCat("a proof must begin with the line ", kHeader));
  }
  TlogProof result;
  std::optional<std::string_view> line = reader.Next();
  if (const std::optional<std::string_view> extra = AfterPrefix(line, "extra ")) {
    CANDOR_ASSIGN_OR_RETURN(result.extra, ParseExtra(*extra));
    line = reader.Next();
  }
  CANDOR_ASSIGN_OR_RETURN(result.index, ParseIndex(line));
  CANDOR_ASSIGN_OR_RETURN(result.proof, ParseHashes(reader));
  CANDOR_RETURN_IF_ERROR(CheckCheckpoint(reader.rest(), result.index));
  result.checkpoint = std::string(reader.rest());
  return result;
}

std::string TlogProof::Format() const {
  std::string text = absl::StrCat(kHeader, "\n");
  if (extra && !extra->empty()) absl::StrAppend(&text, "extra ", Base64Encode(*extra), "\n");
  absl::StrAppend(&text, "index ", index, "\n");
  for (const Hash& hash : proof) text += FormatHashLine(hash);
  absl::StrAppend(&text, "\n", checkpoint);
  return text;
}

}  // namespace candor
