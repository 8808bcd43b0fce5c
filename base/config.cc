// SPDX-License-Identifier: Apache-2.0
#include "base/config.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/io.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr size_t kMaxFileBytes = 1024 * 1024;
constexpr char kConfigFlag[] = "config";

absl::Status Bad(const std::string& where, const std::string& message) {
  return Refuse(absl::StatusCode::kInvalidArgument, "CONFIG_INVALID",
                absl::StrCat(where, ": ", message));
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r";
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string Underscored(std::string_view name) {
  std::string out(name);
  std::replace(out.begin(), out.end(), '-', '_');
  return out;
}

absl::Status OutOfRange(const std::string& min, const std::string& max) {
  return absl::InvalidArgumentError(absl::StrCat("must be ", min, " to ", max));
}

}  // namespace

ConfigSchema::ConfigSchema(std::string usage, std::string summary)
    : usage_(std::move(usage)), summary_(std::move(summary)) {}

ConfigSchema& ConfigSchema::Section(std::string title) {
  section_ = std::move(title);
  return *this;
}

ConfigSchema::Option& ConfigSchema::Add(std::string name, std::string kind, std::string help,
                                        std::string default_text) {
  Option option;
  option.section = section_;
  option.name = std::move(name);
  option.kind = std::move(kind);
  option.help = std::move(help);
  option.default_text = std::move(default_text);
  options_.push_back(std::move(option));
  return options_.back();
}

ConfigSchema& ConfigSchema::String(std::string name, std::string* target, std::string help) {
  Add(std::move(name), "text", std::move(help), *target).set = [target](std::string_view text) {
    *target = std::string(text);
    return absl::OkStatus();
  };
  return *this;
}

ConfigSchema& ConfigSchema::StringList(std::string name, std::vector<std::string>* target,
                                       std::string help) {
  Option& option =
      Add(std::move(name), "text, may be repeated", std::move(help), absl::StrJoin(*target, ", "));
  option.is_list = true;
  option.clear = [target] { target->clear(); };
  option.set = [target](std::string_view text) {
    target->emplace_back(text);
    return absl::OkStatus();
  };
  return *this;
}

ConfigSchema& ConfigSchema::Bool(std::string name, bool* target, std::string help) {
  Option& option =
      Add(std::move(name), "true or false", std::move(help), *target ? "true" : "false");
  option.is_switch = true;
  option.set = [target](std::string_view text) -> absl::Status {
    if (text != "true" && text != "false") {
      return absl::InvalidArgumentError("must be true or false");
    }
    *target = text == "true";
    return absl::OkStatus();
  };
  return *this;
}

ConfigSchema& ConfigSchema::Int(std::string name, int64_t* target, int64_t min, int64_t max,
                                std::string help) {
  Add(std::move(name), absl::StrCat("number ", min, "..", max), std::move(help),
      absl::StrCat(*target))
      .set = [target, min, max](std::string_view text) -> absl::Status {
    const bool negative = !text.empty() && text.front() == '-';
    const absl::StatusOr<uint64_t> digits = ParseDecimal(text.substr(negative ? 1 : 0));
    int64_t value = 0;
    if (!digits.ok() || !absl::SimpleAtoi(std::string(text), &value) || value < min ||
        value > max) {
      return OutOfRange(absl::StrCat("a whole number from ", min), absl::StrCat(max));
    }
    *target = value;
    return absl::OkStatus();
  };
  return *this;
}

ConfigSchema& ConfigSchema::Size(std::string name, uint64_t* target, uint64_t min, uint64_t max,
                                 std::string help) {
  Add(std::move(name), absl::StrCat("size ", FormatConfigSize(min), "..", FormatConfigSize(max)),
      std::move(help), FormatConfigSize(*target))
      .set = [target, min, max](std::string_view text) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const uint64_t value, ParseConfigSize(text));
    if (value < min || value > max) return OutOfRange(FormatConfigSize(min), FormatConfigSize(max));
    *target = value;
    return absl::OkStatus();
  };
  return *this;
}

ConfigSchema& ConfigSchema::Duration(std::string name, absl::Duration* target, absl::Duration min,
                                     absl::Duration max, std::string help) {
  Add(std::move(name),
      absl::StrCat("duration ", FormatConfigDuration(min), "..", FormatConfigDuration(max)),
      std::move(help), FormatConfigDuration(*target))
      .set = [target, min, max](std::string_view text) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const absl::Duration value, ParseConfigDuration(text));
    if (value < min || value > max) {
      return OutOfRange(FormatConfigDuration(min), FormatConfigDuration(max));
    }
    *target = value;
    return absl::OkStatus();
  };
  return *this;
}

ConfigSchema& ConfigSchema::Choice(std::string name, std::string* target,
                                   std::vector<std::string> choices, std::string help) {
  const std::string kind = absl::StrCat("one of ", absl::StrJoin(choices, ", "));
  Add(std::move(name), kind, std::move(help), *target).set =
      [target, choices = std::move(choices), kind](std::string_view text) -> absl::Status {
    if (std::find(choices.begin(), choices.end(), text) == choices.end()) {
      return absl::InvalidArgumentError(absl::StrCat("must be ", kind));
    }
    *target = std::string(text);
    return absl::OkStatus();
  };
  return *this;
}

ConfigSchema& ConfigSchema::Required() {
  if (!options_.empty()) options_.back().required = true;
  return *this;
}

ConfigSchema::Option* ConfigSchema::Find(std::string_view name) {
  for (Option& option : options_) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

absl::Status ConfigSchema::Apply(absl::Span<const Assignment> assignments) {
  std::set<std::string> given;  // in this source: file and flags may both name a key
  for (const Assignment& assignment : assignments) {
    Option* option = Find(assignment.name);
    if (option == nullptr) {
      return Bad(assignment.where, absl::StrCat("there is no option named ", assignment.name,
                                                "; --help lists them all"));
    }
    const bool first = given.insert(assignment.name).second;
    if (!first && !option->is_list) {
      return Bad(assignment.where,
                 absl::StrCat(assignment.name, " is given twice; remove one of them"));
    }
    if (first && option->is_list) option->clear();
    const absl::Status status = option->set(assignment.value);
    if (!status.ok()) {
      return Bad(assignment.where,
                 absl::StrCat(assignment.name, ": ", std::string(status.message())));
    }
    option->seen = true;
  }
  return absl::OkStatus();
}

absl::Status ConfigSchema::ParseText(std::string_view text, std::string_view file_name) {
  if (text.size() > kMaxFileBytes) {
    return Bad(std::string(file_name), "a configuration file may have at most 1 MiB");
  }
  std::vector<Assignment> assignments;
  for (int line_number = 1; !text.empty(); ++line_number) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = Trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::string where = absl::StrCat(std::string(file_name), ":", line_number);
    if (!IsValidUtf8(line) || line.find('\0') != std::string_view::npos) {
      return Bad(where, "the line is not UTF-8 text");
    }
    if (line.empty() || line.front() == '#') continue;
    const size_t equals = line.find('=');
    if (equals == std::string_view::npos)
      return Bad(where, "a line must have the form: key = value");
    assignments.push_back({std::string(Trim(line.substr(0, equals))),
                           std::string(Trim(line.substr(equals + 1))), where});
  }
  return Apply(assignments);
}

absl::StatusOr<ConfigSchema::Assignment> ConfigSchema::ParseFlag(absl::Span<const std::string> args,
                                                                 size_t* next) {
  const std::string& arg = args[(*next)++];
  const size_t equals = arg.find('=');
  Assignment flag;
  flag.name = Underscored(std::string_view(arg).substr(
      2, equals == std::string::npos ? std::string::npos : equals - 2));
  flag.where = absl::StrCat("flag ", arg.substr(0, equals));
  if (equals != std::string::npos) {
    flag.value = arg.substr(equals + 1);
    return flag;
  }
  const Option* option = Find(flag.name);
  if (option != nullptr && option->is_switch) {
    flag.value = "true";
  } else if (option != nullptr || flag.name == kConfigFlag) {
    if (*next >= args.size()) return Bad(flag.where, "a value must follow");
    flag.value = args[(*next)++];
  }
  return flag;
}

absl::StatusOr<std::vector<ConfigSchema::Assignment>> ConfigSchema::ParseFlags(
    absl::Span<const std::string> args, CommandLine* out) {
  std::vector<Assignment> flags;
  bool only_positionals = false;
  for (size_t next = 0; next < args.size();) {
    const std::string& arg = args[next];
    if (!only_positionals && arg == "--") {
      only_positionals = true;
      ++next;
    } else if (!only_positionals && (arg == "--help" || arg == "-h")) {
      out->help = true;
      ++next;
    } else if (!only_positionals && arg.size() > 2 && arg.starts_with("--")) {
      CANDOR_ASSIGN_OR_RETURN(Assignment flag, ParseFlag(args, &next));
      flags.push_back(std::move(flag));
    } else if (!only_positionals && arg.size() > 1 && arg.front() == '-') {
      return Bad(absl::StrCat("flag ", arg), "flags begin with two dashes; --help lists them all");
    } else {
      out->positionals.push_back(arg);  // a lone "-" often means standard input
      ++next;
    }
  }
  return flags;
}

absl::StatusOr<ConfigSchema::CommandLine> ConfigSchema::Load(absl::Span<const std::string> args) {
  CommandLine result;
  if (std::find(args.begin(), args.end(), "--help") != args.end()) {
    result.help = true;  // also beside flags that are wrong
    return result;
  }
  CANDOR_ASSIGN_OR_RETURN(std::vector<Assignment> flags, ParseFlags(args, &result));
  if (result.help) return result;
  const auto is_config = [](const Assignment& flag) { return flag.name == kConfigFlag; };
  if (std::count_if(flags.begin(), flags.end(), is_config) > 1) {
    return Bad("flag --config", "is given twice; remove one of them");
  }
  const auto config = std::find_if(flags.begin(), flags.end(), is_config);
  if (config != flags.end()) {
    CANDOR_ASSIGN_OR_RETURN(std::string text, ReadFileBounded(config->value, kMaxFileBytes));
    CANDOR_RETURN_IF_ERROR(ParseText(text, config->value));
    flags.erase(config);
  }
  CANDOR_RETURN_IF_ERROR(Apply(flags));
  for (const Option& option : options_) {
    if (option.required && !option.seen) {
      return Bad("configuration", absl::StrCat(option.name, " must be set: ", option.help));
    }
  }
  return result;
}

}  // namespace candor
