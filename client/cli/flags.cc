// SPDX-License-Identifier: Apache-2.0
#include "client/cli/flags.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/terminal_text.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

absl::Status UsageError(std::string_view command, std::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat(problem, " (see: ", command, " --help)"));
}

bool IsFlag(std::string_view word) { return word.size() > 1 && word[0] == '-'; }

}  // namespace

FlagSet::FlagSet(std::string command, std::string synopsis, std::string about)
    : command_(std::move(command)), synopsis_(std::move(synopsis)), about_(std::move(about)) {}

void FlagSet::String(std::string_view name, std::string_view value, std::string_view help,
                     std::string* target) {
  Flag flag{Kind::kString, std::string(name), std::string(value), std::string(help)};
  flag.string = target;
  flags_.push_back(std::move(flag));
}

void FlagSet::List(std::string_view name, std::string_view value, std::string_view help,
                   std::vector<std::string>* target) {
  Flag flag{Kind::kList, std::string(name), std::string(value), std::string(help)};
  flag.list = target;
  flags_.push_back(std::move(flag));
}

void FlagSet::Bool(std::string_view name, std::string_view help, bool* target) {
  Flag flag{Kind::kBool, std::string(name), "", std::string(help)};
  flag.boolean = target;
  flags_.push_back(std::move(flag));
}

FlagSet::Flag* FlagSet::Find(std::string_view name) {
  const auto it = std::find_if(flags_.begin(), flags_.end(),
                               [&](const Flag& flag) { return flag.name == name; });
  return it == flags_.end() ? nullptr : &*it;
}

absl::Status FlagSet::Parse(absl::Span<const std::string> arguments) {
  bool only_positional = false;
  for (size_t at = 0; at < arguments.size(); ++at) {
    const std::string& word = arguments[at];
    if (!only_positional && word == "--") {
      only_positional = true;
    } else if (!only_positional && (word == "--help" || word == "-h")) {
      help_wanted_ = true;
      return absl::OkStatus();
    } else if (!only_positional && IsFlag(word)) {
      CANDOR_RETURN_IF_ERROR(ParseFlag(arguments, &at));
    } else if (positional_ != nullptr) {
      positional_->push_back(word);
    } else {
      return UsageError(command_, absl::StrCat("unexpected word \"", ForTerminal(word), "\""));
    }
  }
  return absl::OkStatus();
}

absl::Status FlagSet::ParseFlag(absl::Span<const std::string> arguments, size_t* at) {
  const std::string_view word = arguments[*at];
  if (!absl::StartsWith(word, "--")) {
    return UsageError(command_, absl::StrCat("unknown flag ", ForTerminal(word)));
  }
  const size_t equals = word.find('=');
  const std::string_view name = word.substr(2, equals == word.npos ? equals : equals - 2);
  std::optional<std::string> value;
  if (equals != word.npos) value = std::string(word.substr(equals + 1));
  Flag* const flag = Find(name);
  if (flag == nullptr) {
    return UsageError(command_, absl::StrCat("unknown flag --", ForTerminal(name)));
  }
  if (flag->seen && flag->kind != Kind::kList) {
    return UsageError(command_, absl::StrCat("--", name, " is given twice"));
  }
  flag->seen = true;
  return Store(flag, std::move(value), arguments, at);
}

absl::Status FlagSet::Store(Flag* flag, std::optional<std::string> value,
                            absl::Span<const std::string> arguments, size_t* at) {
  if (flag->kind == Kind::kBool) {
    if (value) return UsageError(command_, absl::StrCat("--", flag->name, " takes no value"));
    *flag->boolean = true;
    return absl::OkStatus();
  }
  if (!value) {
    if (*at + 1 >= arguments.size() || absl::StartsWith(arguments[*at + 1], "--")) {
      return UsageError(command_, absl::StrCat("--", flag->name, " needs ", flag->value));
    }
    value = arguments[++*at];
  }
  if (value->empty()) return UsageError(command_, absl::StrCat("--", flag->name, " is empty"));
  if (flag->kind == Kind::kString) {
    *flag->string = *std::move(value);
    return absl::OkStatus();
  }
  flag->list->push_back(*std::move(value));
  while (positional_ == nullptr && *at + 1 < arguments.size() && !IsFlag(arguments[*at + 1])) {
    flag->list->push_back(arguments[++*at]);
  }
  return absl::OkStatus();
}

std::string FlagSet::Help() const {
  std::string out = absl::StrCat("usage: ", command_, synopsis_.empty() ? "" : " ", synopsis_,
                                 "\n\n", about_, "\n");
  if (!flags_.empty()) out += "\nflags:\n";
  for (const Flag& flag : flags_) {
    absl::StrAppend(&out, "  --", flag.name, flag.value.empty() ? "" : " ", flag.value,
                    flag.kind == Kind::kList ? "   (may be repeated)" : "", "\n");
    for (const std::string_view line : absl::StrSplit(flag.help, '\n')) {
      absl::StrAppend(&out, "      ", line, "\n");
    }
  }
  if (!epilogue_.empty()) absl::StrAppend(&out, "\n", epilogue_, "\n");
  return out;
}

}  // namespace candor
