// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/crypto/hash.h"

// Internal to core/note: the line-based formats.

namespace candor {

// Hands out the newline-terminated lines of a text, which must outlive it.
class LineReader {
 public:
  explicit LineReader(std::string_view text) : rest_(text) {}

  // The next line without its newline; nothing at the end, or if the rest has no newline.
  std::optional<std::string_view> Next();

  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

// What follows `prefix` in `line`; nothing if it does not begin so.
std::optional<std::string_view> AfterPrefix(std::optional<std::string_view> line,
                                            std::string_view prefix);

// A line that is the base64 of 32 bytes, exactly.
absl::StatusOr<Hash> ParseHashLine(std::string_view line);
std::string FormatHashLine(const Hash& hash);  // with its newline

}  // namespace candor
