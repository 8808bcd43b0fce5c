// SPDX-License-Identifier: Apache-2.0
#include "client/terminal_text.h"

#include <cstdint>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "core/util/encoding.h"

namespace candor {
namespace {

// Length of the UTF-8 sequence that begins with this byte, 0 for none.
size_t SequenceLength(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  if (first >= 0xF0 && first < 0xF5) return 4;
  return 0;
}

uint32_t CodePoint(std::string_view sequence) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(sequence[i]); };
  switch (sequence.size()) {
    case 1:
      return byte(0);
    case 2:
      return (byte(0) & 0x1Fu) << 6 | (byte(1) & 0x3Fu);
    case 3:
      return (byte(0) & 0x0Fu) << 12 | (byte(1) & 0x3Fu) << 6 | (byte(2) & 0x3Fu);
    default:
      return (byte(0) & 0x07u) << 18 | (byte(1) & 0x3Fu) << 12 | (byte(2) & 0x3Fu) << 6 |
             (byte(3) & 0x3Fu);
  }
}

// Characters that move, hide or reorder what a person sees.
bool IsInvisible(uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0xAD || code == 0x61C ||
         code == 0x115F || code == 0x1160 || code == 0x180E || (code >= 0x200B && code <= 0x200F) ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) ||
         code == 0x3164 || code == 0xFEFF || code == 0xFFA0 || (code >= 0xFFF0 && code <= 0xFFFB) ||
         (code >= 0xE000 && code <= 0xF8FF) || code >= 0xE0000;
}

std::string Escaped(uint32_t code) {
  if (code == '\n') return "\\n";
  if (code == '\t') return "\\t";
  if (code == '\r') return "\\r";
  if (code < 0x80) return absl::StrFormat("\\x%02x", code);
  return absl::StrFormat("\\u{%04x}", code);
}

}  // namespace

std::string ForTerminal(std::string_view text, size_t max_bytes) {
  std::string out;
  size_t i = 0;
  while (i < text.size()) {
    const size_t length = SequenceLength(static_cast<unsigned char>(text[i]));
    const std::string_view sequence = text.substr(i, length);
    std::string piece;
    if (length == 0 || sequence.size() != length || !IsValidUtf8(sequence)) {
      piece = absl::StrFormat("\\x%02x", static_cast<unsigned char>(text[i]));
      i += 1;
    } else {
      const uint32_t code = CodePoint(sequence);
      piece = code == '\\' ? "\\\\" : IsInvisible(code) ? Escaped(code) : std::string(sequence);
      i += length;
    }
    if (out.size() + piece.size() > max_bytes) return out + "...";
    out += piece;
  }
  return out;
}

std::string UtcTime(uint64_t unix_seconds) {
  // The last second of the year 9999; later ones are shown as they are.
  constexpr uint64_t kLastPrintable = 253402300799;
  if (unix_seconds > kLastPrintable) return absl::StrFormat("time %d", unix_seconds);
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ",
                          absl::FromUnixSeconds(static_cast<int64_t>(unix_seconds)),
                          absl::UTCTimeZone());
}

}  // namespace candor
