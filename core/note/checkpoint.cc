// SPDX-License-Identifier: Apache-2.0
#include "core/note/checkpoint.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/note/key_name.h"
#include "core/note/lines.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr size_t kMaxOriginBytes = 255;  // what a tlog-cosignature of any type can carry

absl::Status Malformed(std::string_view message) {
  return Refuse(absl::StatusCode::kInvalidArgument, "CHECKPOINT_MALFORMED", message);
}

absl::StatusOr<std::vector<std::string>> ParseExtensions(LineReader& reader) {
  std::vector<std::string> extensions;
  while (const std::optional<std::string_view> line = reader.Next()) {
    if (line->empty()) return Malformed("an extension line of a checkpoint must not be empty");
    extensions.emplace_back(*line);
  }
  if (!reader.rest().empty()) return Malformed("a checkpoint's text must end with a newline");
  return extensions;
}

// As VerifySignatures, but a key of another log is not a trusted key for this origin.
absl::StatusOr<std::vector<VerifiedSignature>> VerifyLogSignatures(
    const Note& note, std::string_view origin, absl::Span<const VerifierKey> keys) {
  std::vector<VerifiedSignature> verified;
  for (size_t s = 0; s < note.signatures.size(); ++s) {
    for (size_t k = 0; k < keys.size(); ++k) {
      const VerifierKey& key = keys[k];
      if (key.name() != origin || !key.supported() || !key.Matches(note.signatures[s])) continue;
      CANDOR_RETURN_IF_ERROR(VerifyNoteSignature(key, note.text, note.signatures[s]));
      verified.push_back({.signature_index = s, .key_index = k});
    }
  }
  return verified;
}

}  // namespace

absl::StatusOr<Checkpoint> Checkpoint::ParseText(std::string_view text) {
  if (text.size() > kMaxNoteBytes) {
    return Malformed(absl::StrCat("a checkpoint may have at most ", kMaxNoteBytes, " bytes"));
  }
  CANDOR_RETURN_IF_ERROR(CheckNoteCharacters(text, "a checkpoint"));
  LineReader reader(text);
  const std::optional<std::string_view> origin = reader.Next();
  const std::optional<std::string_view> size = reader.Next();
  const std::optional<std::string_view> root = reader.Next();
  if (!root) return Malformed("a checkpoint must have lines for origin, tree size and root hash");
  if (origin->empty()) return Malformed("the origin line of a checkpoint must not be empty");
  const absl::StatusOr<uint64_t> tree_size = ParseDecimal(*size);
  if (!tree_size.ok()) {
    return Malformed("the tree size of a checkpoint must be a decimal without leading zeroes");
  }
  const absl::StatusOr<Hash> hash = ParseHashLine(*root);
  if (!hash.ok()) {
    return Malformed("the root hash of a checkpoint must be canonical base64 of 32 bytes");
  }
  CANDOR_ASSIGN_OR_RETURN(std::vector<std::string> extensions, ParseExtensions(reader));
  return Checkpoint{.origin = std::string(*origin),
                    .tree_size = *tree_size,
                    .root = *hash,
                    .extensions = std::move(extensions)};
}

std::string Checkpoint::FormatText() const {
  std::string text = absl::StrCat(origin, "\n", tree_size, "\n", FormatHashLine(root));
  for (const std::string& line : extensions) absl::StrAppend(&text, line, "\n");
  return text;
}

absl::Status CheckCheckpointOrigin(std::string_view origin) {
  if (origin.size() > kMaxOriginBytes) {
    return Refuse(absl::StatusCode::kInvalidArgument, "ORIGIN_INVALID",
                  absl::StrCat("the origin may have at most ", kMaxOriginBytes, " bytes"));
  }
  return CheckKeyName(origin);
}

absl::StatusOr<SignedCheckpoint> OpenCheckpoint(std::string_view note,
                                                absl::Span<const VerifierKey> log_keys) {
  CANDOR_ASSIGN_OR_RETURN(Note parsed, Note::Parse(note));
  CANDOR_ASSIGN_OR_RETURN(Checkpoint checkpoint, Checkpoint::ParseText(parsed.text));
  const auto is_of_log = [&](const VerifierKey& key) { return key.name() == checkpoint.origin; };
  if (std::none_of(log_keys.begin(), log_keys.end(), is_of_log)) {
    return Refuse(absl::StatusCode::kNotFound, "ORIGIN_UNKNOWN",
                  absl::StrCat("the log ", checkpoint.origin, " is not known here"));
  }
  CANDOR_ASSIGN_OR_RETURN(std::vector<VerifiedSignature> verified,
                          VerifyLogSignatures(parsed, checkpoint.origin, log_keys));
  if (verified.empty()) {
    return Refuse(absl::StatusCode::kPermissionDenied, "SIGNATURE_MISSING",
                  absl::StrCat("the checkpoint has no signature by a key of ", checkpoint.origin));
  }
  return SignedCheckpoint{.checkpoint = std::move(checkpoint),
                          .note = std::move(parsed),
                          .log_signatures = std::move(verified)};
}

}  // namespace candor
