// SPDX-License-Identifier: Apache-2.0
#include "core/note/witness_request.h"

#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/note/lines.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

absl::Status Malformed(std::string_view message) {
  return Refuse(absl::StatusCode::kInvalidArgument, "ADD_CHECKPOINT_MALFORMED", message);
}

absl::StatusOr<uint64_t> ParseOldSize(std::optional<std::string_view> line) {
  const std::optional<std::string_view> digits = AfterPrefix(line, "old ");
  if (!digits) return Malformed("the first line of the request must be \"old \" and a tree size");
  absl::StatusOr<uint64_t> size = ParseDecimal(*digits);
  if (!size.ok()) {
    return Malformed("the old size of the request must be a decimal without leading zeroes");
  }
  return size;
}

// The hash lines, and the empty line that ends them.
absl::StatusOr<std::vector<Hash>> ParseHashes(LineReader& reader) {
  std::vector<Hash> hashes;
  while (const std::optional<std::string_view> line = reader.Next()) {
    if (line->empty()) return hashes;
    if (hashes.size() == kMaxAddCheckpointProofLines) {
      return Malformed(absl::StrCat("the request may have at most ", kMaxAddCheckpointProofLines,
                                    " consistency proof lines"));
    }
    const absl::StatusOr<Hash> hash = ParseHashLine(*line);
    if (!hash.ok()) {
      return Malformed("a consistency proof line must be canonical base64 of 32 bytes");
    }
    hashes.push_back(*hash);
  }
  return Malformed("the request must have an empty line before its checkpoint");
}

}  // namespace

absl::StatusOr<AddCheckpointRequest> AddCheckpointRequest::Parse(std::string_view body) {
  if (body.size() > kMaxAddCheckpointBytes) {
    return Malformed(
        absl::StrCat("the request may have at most ", kMaxAddCheckpointBytes, " bytes"));
  }
  LineReader reader(body);
  AddCheckpointRequest request;
  CANDOR_ASSIGN_OR_RETURN(request.old_size, ParseOldSize(reader.Next()));
  CANDOR_ASSIGN_OR_RETURN(request.proof, ParseHashes(reader));
  if (reader.rest().empty()) return Malformed("the request must end with a checkpoint");
  request.checkpoint = std::string(reader.rest());
  return request;
}

std::string AddCheckpointRequest::Format() const {
  std::string body = absl::StrCat("old ", old_size, "\n");
  for (const Hash& hash : proof) body += FormatHashLine(hash);
  absl::StrAppend(&body, "\n", checkpoint);
  return body;
}

absl::StatusOr<std::vector<NoteSignature>> ParseAddCheckpointResponse(std::string_view body) {
  return ParseSignatureLines(body);
}

std::string FormatAddCheckpointResponse(const std::vector<NoteSignature>& signatures) {
  return FormatSignatureLines(signatures);
}

absl::StatusOr<uint64_t> ParseTreeSizeBody(std::string_view body) {
  if (body.ends_with('\n')) {
    body.remove_suffix(1);
    if (absl::StatusOr<uint64_t> size = ParseDecimal(body); size.ok()) return size;
  }
  return Refuse(absl::StatusCode::kInvalidArgument, "TREE_SIZE_MALFORMED",
                "a tree size body must be a decimal without leading zeroes and a newline");
}

std::string FormatTreeSizeBody(uint64_t tree_size) { return absl::StrCat(tree_size, "\n"); }

std::string MonitorCheckpointPath(std::string_view origin) {
  return absl::StrCat(Sha256(origin).hex(), "/checkpoint");
}

}  // namespace candor
