// SPDX-License-Identifier: Apache-2.0
#include "core/note/note.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/note/key_name.h"
#include "core/note/lines.h"
#include "core/util/bytes.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr std::string_view kSignaturePrefix = "\xE2\x80\x94 ";  // em dash, space

absl::Status Malformed(std::string_view message) {
  return Refuse(absl::StatusCode::kInvalidArgument, "NOTE_MALFORMED", message);
}

absl::Status CheckSize(std::string_view bytes, std::string_view field) {
  if (bytes.size() <= kMaxNoteBytes) return absl::OkStatus();
  return Refuse(absl::StatusCode::kInvalidArgument, "NOTE_TOO_LARGE",
                absl::StrCat(field, " has ", bytes.size(), " bytes, at most ", kMaxNoteBytes,
                             " are accepted"));
}

}  // namespace

absl::StatusOr<NoteSignature> NoteSignature::ParseLine(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (!line.starts_with(kSignaturePrefix)) {
    return Malformed("a signature line must begin with an em dash and a space");
  }
  line.remove_prefix(kSignaturePrefix.size());
  const size_t space = line.find(' ');
  if (space == std::string_view::npos) {
    return Malformed("a signature line must hold a key name, a space and a signature");
  }
  const std::string_view name = line.substr(0, space);
  CANDOR_RETURN_IF_ERROR(CheckKeyName(name));
  const absl::StatusOr<std::string> bytes = Base64Decode(line.substr(space + 1));
  if (!bytes.ok()) return Malformed("the signature in a signature line must be canonical base64");
  ByteReader reader(*bytes);
  const absl::StatusOr<uint32_t> key_id = reader.U32();
  if (!key_id.ok() || reader.remaining() == 0) {
    return Malformed("a signature must have a key id of 4 bytes and at least 1 byte after it");
  }
  return NoteSignature{.name = std::string(name), .key_id = *key_id, .signature = bytes->substr(4)};
}

std::string NoteSignature::FormatLine() const {
  ByteWriter writer;
  writer.U32(key_id);
  writer.Bytes(signature);
  return absl::StrCat(kSignaturePrefix, name, " ", Base64Encode(writer.bytes()), "\n");
}

absl::StatusOr<Note> Note::Parse(std::string_view bytes) {
  CANDOR_RETURN_IF_ERROR(CheckSize(bytes, "the note"));
  CANDOR_RETURN_IF_ERROR(CheckNoteCharacters(bytes, "a note"));
  // The last empty line separates text and signatures; the text may hold empty lines itself.
  const size_t separator = bytes.rfind("\n\n");
  if (separator == std::string_view::npos) {
    return Malformed("a note must have a blank line between its text and its signatures");
  }
  CANDOR_ASSIGN_OR_RETURN(std::vector<NoteSignature> signatures,
                          ParseSignatureLines(bytes.substr(separator + 2)));
  return Note{.text = std::string(bytes.substr(0, separator + 1)),
              .signatures = std::move(signatures)};
}

std::string Note::Format() const {
  return absl::StrCat(text, "\n", FormatSignatureLines(signatures));
}

absl::StatusOr<std::vector<NoteSignature>> ParseSignatureLines(std::string_view lines) {
  CANDOR_RETURN_IF_ERROR(CheckSize(lines, "the signature lines together"));
  std::vector<NoteSignature> signatures;
  LineReader reader(lines);
  while (const std::optional<std::string_view> line = reader.Next()) {
    if (signatures.size() == kMaxNoteSignatures) {
      return Malformed(absl::StrCat("a note may have at most ", kMaxNoteSignatures, " signatures"));
    }
    CANDOR_ASSIGN_OR_RETURN(NoteSignature signature, NoteSignature::ParseLine(*line));
    signatures.push_back(std::move(signature));
  }
  if (!reader.rest().empty()) return Malformed("the last signature line must end with a newline");
  if (signatures.empty()) return Malformed("a note must have at least one signature line");
  return signatures;
}

std::string FormatSignatureLines(const std::vector<NoteSignature>& signatures) {
  std::string lines;
  for (const NoteSignature& signature : signatures) lines += signature.FormatLine();
  return lines;
}

}  // namespace candor
