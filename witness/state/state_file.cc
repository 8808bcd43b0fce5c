// SPDX-License-Identifier: Apache-2.0
#include "witness/state/state_file.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr std::string_view kTitle = "candor witness state";

absl::StatusOr<std::string_view> Value(std::string_view line, std::string_view name) {
  const std::string prefix = absl::StrCat(name, " ");
  if (!line.starts_with(prefix)) {
    return StateDamaged(absl::StrCat("the STATE file has no line for its ", name));
  }
  return line.substr(prefix.size());
}

absl::StatusOr<uint64_t> Number(std::string_view line, std::string_view name) {
  CANDOR_ASSIGN_OR_RETURN(const std::string_view digits, Value(line, name));
  absl::StatusOr<uint64_t> number = ParseDecimal(digits);
  if (!number.ok()) return StateDamaged(absl::StrCat("the STATE file's ", name, " is no number"));
  return number;
}

}  // namespace

absl::Status StateDamaged(std::string_view what) {
  return Refuse(absl::StatusCode::kDataLoss, "STATE_DAMAGED",
                absl::StrCat("the witness state is damaged: ", what,
                             "; nothing was changed. A witness that can not prove what it cosigned "
                             "last needs a new name and key (candor-witness init)"));
}

std::string StateFile::FormatText() const {
  return absl::StrCat(kTitle, "\nformat ", format, "\nwitness ", witness, "\nwrites ", writes,
                      "\n");
}

absl::StatusOr<StateFile> StateFile::ParseText(std::string_view text) {
  const std::vector<std::string_view> lines = absl::StrSplit(text, '\n');
  if (lines.size() < 2 || lines[0] != kTitle) {
    return StateDamaged("the STATE file does not begin as one");
  }
  StateFile file;
  CANDOR_ASSIGN_OR_RETURN(file.format, Number(lines[1], "format"));
  if (file.format > kFormat) {
    return Refuse(absl::StatusCode::kFailedPrecondition, "FORMAT_TOO_NEW",
                  absl::StrCat("the witness state has format ", file.format,
                               ", this program knows ", kFormat, "; run a newer candor-witness"));
  }
  if (lines.size() != 5 || !lines[4].empty()) {
    return StateDamaged("the STATE file must have four lines");
  }
  CANDOR_ASSIGN_OR_RETURN(const std::string_view witness, Value(lines[2], "witness"));
  file.witness = std::string(witness);
  CANDOR_ASSIGN_OR_RETURN(file.writes, Number(lines[3], "writes"));
  if (file.FormatText() != text) return StateDamaged("the STATE file is not as it was written");
  return file;
}

}  // namespace candor
