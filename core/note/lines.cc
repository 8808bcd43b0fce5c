// SPDX-License-Identifier: Apache-2.0
#include "core/note/lines.h"

#include "absl/strings/str_cat.h"
#include "core/util/encoding.h"
#include "core/util/status_macros.h"

namespace candor {

std::optional<std::string_view> LineReader::Next() {
  const size_t end = rest_.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = rest_.substr(0, end);
  rest_.remove_prefix(end + 1);
  return line;
}

std::optional<std::string_view> AfterPrefix(std::optional<std::string_view> line,
                                            std::string_view prefix) {
  if (!line || !line->starts_with(prefix)) return std::nullopt;
  return line->substr(prefix.size());
}

absl::StatusOr<Hash> ParseHashLine(std::string_view line) {
  CANDOR_ASSIGN_OR_RETURN(const std::string bytes, Base64Decode(line));
  return Hash::FromBytes(bytes);
}

std::string FormatHashLine(const Hash& hash) {
  return absl::StrCat(Base64Encode(hash.bytes()), "\n");
}

}  // namespace candor
