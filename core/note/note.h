// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace candor {

// Bounds of one note. Sixteen ML-DSA-44 lines of 3.3 KB fit with room to spare.
inline constexpr size_t kMaxNoteBytes = 128 * 1024;
inline constexpr size_t kMaxNoteSignatures = 64;

// One signature line (C2SP signed-note, "Signatures"). A value that came from a parser is
// well-formed; nothing about it is verified.
struct NoteSignature {
  std::string name;
  uint32_t key_id = 0;
  std::string signature;  // the bytes after the key id, at least one

  // Reads one line, with or without its final newline.
  static absl::StatusOr<NoteSignature> ParseLine(std::string_view line);

  // "— <name> <base64>\n". The name must satisfy CheckKeyName and the signature not be empty.
  std::string FormatLine() const;

  bool operator==(const NoteSignature&) const = default;
};

// A signed note: text that ends in a newline, a blank line, one or more signature lines. Parsing
// checks the form only: use OpenNote or OpenCheckpoint before you believe the text.
// Format(Parse(x)) == x for every x that parses.
struct Note {
  std::string text;  // with its final newline, without the blank line
  std::vector<NoteSignature> signatures;

  // INVALID_ARGUMENT "NOTE_MALFORMED" (or NOTE_TOO_LARGE, NOTE_TEXT_INVALID, KEY_NAME_INVALID).
  static absl::StatusOr<Note> Parse(std::string_view bytes);

  std::string Format() const;

  bool operator==(const Note&) const = default;
};

// Parses one or more signature lines and nothing else: the body of an add-checkpoint answer.
// Bounds as for a note. No lines at all is an error.
absl::StatusOr<std::vector<NoteSignature>> ParseSignatureLines(std::string_view lines);

std::string FormatSignatureLines(const std::vector<NoteSignature>& signatures);

}  // namespace candor
