// SPDX-License-Identifier: Apache-2.0
#include "core/note/key_name.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"

namespace candor {
namespace {

// The code points with Unicode's White_Space property, beyond the control characters.
constexpr std::string_view kUnicodeSpaces[] = {
    " ",
    "\xC2\x85",
    "\xC2\xA0",
    "\xE1\x9A\x80",
    "\xE2\x80\x80",
    "\xE2\x80\x81",
    "\xE2\x80\x82",
    "\xE2\x80\x83",
    "\xE2\x80\x84",
    "\xE2\x80\x85",
    "\xE2\x80\x86",
    "\xE2\x80\x87",
    "\xE2\x80\x88",
    "\xE2\x80\x89",
    "\xE2\x80\x8A",
    "\xE2\x80\xA8",
    "\xE2\x80\xA9",
    "\xE2\x80\xAF",
    "\xE2\x81\x9F",
    "\xE3\x80\x80",
};

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20; }

absl::Status BadName(std::string_view message) {
  return Refuse(absl::StatusCode::kInvalidArgument, "KEY_NAME_INVALID", message);
}

}  // namespace

absl::Status CheckKeyName(std::string_view name) {
  if (name.empty()) return BadName("a key name must not be empty");
  if (!IsValidUtf8(name)) return BadName("a key name must be valid UTF-8");
  if (std::any_of(name.begin(), name.end(), IsControl)) {
    return BadName("a key name must not contain control characters");
  }
  if (name.find('+') != std::string_view::npos) {
    return BadName("a key name must not contain '+'");
  }
  const bool has_space =
      std::any_of(std::begin(kUnicodeSpaces), std::end(kUnicodeSpaces),
                  [&](std::string_view s) { return name.find(s) != std::string_view::npos; });
  if (has_space) return BadName("a key name must not contain spaces, Unicode's included");
  return absl::OkStatus();
}

absl::Status CheckNoteCharacters(std::string_view text, std::string_view field) {
  const auto bad = [&](std::string_view rule) {
    return Refuse(absl::StatusCode::kInvalidArgument, "NOTE_TEXT_INVALID",
                  absl::StrCat(field, " ", rule));
  };
  if (!IsValidUtf8(text)) return bad("must be valid UTF-8");
  const auto forbidden = [](char c) { return IsControl(c) && c != '\n'; };
  if (std::any_of(text.begin(), text.end(), forbidden)) {
    return bad("must not contain control characters other than newline");
  }
  return absl::OkStatus();
}

}  // namespace candor
