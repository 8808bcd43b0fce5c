// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "base/config.h"

namespace candor {
namespace {

constexpr size_t kWidth = 88;

// `text` in lines of at most kWidth, each after `indent`.
std::string Wrap(std::string_view text, const std::string& indent) {
  std::string out;
  std::string line;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    const std::string word(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty() && indent.size() + line.size() + 1 + word.size() > kWidth) {
      absl::StrAppend(&out, indent, line, "\n");
      line.clear();
    }
    absl::StrAppend(&line, line.empty() ? "" : " ", word);
  }
  if (!line.empty()) absl::StrAppend(&out, indent, line, "\n");
  return out;
}

std::string Dashed(std::string name) {
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

}  // namespace

std::string ConfigSchema::Help() const {
  std::string out = absl::StrCat("Usage: ", usage_, "\n\n", Wrap(summary_, ""), "\n");
  absl::StrAppend(&out,
                  "Options, as flags or as \"key = value\" lines of a file (--config FILE):\n");
  std::string section;
  for (const Option& option : options_) {
    if (option.section != section) absl::StrAppend(&out, "\n", option.section, "\n");
    section = option.section;
    absl::StrAppend(&out, "  --", Dashed(option.name), "  (", option.kind);
    if (option.required) {
      absl::StrAppend(&out, "; required");
    } else if (!option.default_text.empty()) {
      absl::StrAppend(&out, "; default ", option.default_text);
    }
    absl::StrAppend(&out, ")\n", Wrap(option.help, "      "));
  }
  absl::StrAppend(&out, "\n  --help\n      This text.\n");
  return out;
}

std::string ConfigSchema::ExampleFile() const {
  std::string out = Wrap(absl::StrCat(usage_, ". ", summary_), "# ");
  std::string section;
  for (const Option& option : options_) {
    if (option.section != section) absl::StrAppend(&out, "\n# ---- ", option.section, "\n");
    section = option.section;
    absl::StrAppend(&out, "\n", Wrap(option.help, "# "), "# (", option.kind,
                    option.required ? "; required" : "", ")\n#", option.name, " = ",
                    option.default_text, "\n");
  }
  return out;
}

}  // namespace candor
