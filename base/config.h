// SPDX-License-Identifier: Apache-2.0
//
// One documented text file, overridden by command line flags, both described by one schema, which
// also writes --help and the commented example file: they can not drift apart.
//
//   # a comment
//   http_listen = 127.0.0.1:8080
//   witness = first     (a list: the key may be repeated)
//   witness = second
//
// A value is the rest of the line without the white space around it; '#' starts a comment only at
// the start of a line. Flags are --key=value or --key value, "-" and "_" are the same in a flag's
// name; a switch is --key or --key=false. Flags replace what the file says (lists as a whole).

#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace candor {

// "250ms", "2s", "5m", "12h", "7d": an unsigned decimal number and one unit; "0" needs none.
absl::StatusOr<absl::Duration> ParseConfigDuration(std::string_view text);
// "512", "16KiB", "4MiB", "1GiB" (powers of two) or "B".
absl::StatusOr<uint64_t> ParseConfigSize(std::string_view text);
// The same texts back, in the largest unit that is exact.
std::string FormatConfigDuration(absl::Duration duration);
std::string FormatConfigSize(uint64_t bytes);

// A set of options bound to variables that must outlive it. What a variable holds when it is added
// is its default and is shown as such. Not thread-safe. Names are snake case: [a-z][a-z0-9_]*.
//
// All parsing errors are INVALID_ARGUMENT (reason CONFIG_INVALID) and name the file and line, or
// the flag, the key, and what is expected. Variables may have been changed when an error is
// returned.
class ConfigSchema {
 public:
  // `usage`: e.g. "candor-log serve [flags]"; `summary`: a sentence or a few, for --help.
  ConfigSchema(std::string usage, std::string summary);

  // A heading before the options that follow.
  ConfigSchema& Section(std::string title);

  ConfigSchema& String(std::string name, std::string* target, std::string help);
  ConfigSchema& StringList(std::string name, std::vector<std::string>* target, std::string help);
  ConfigSchema& Bool(std::string name, bool* target, std::string help);
  // Inclusive bounds.
  ConfigSchema& Int(std::string name, int64_t* target, int64_t min, int64_t max, std::string help);
  ConfigSchema& Size(std::string name, uint64_t* target, uint64_t min, uint64_t max,
                     std::string help);
  ConfigSchema& Duration(std::string name, absl::Duration* target, absl::Duration min,
                         absl::Duration max, std::string help);
  // One of `choices`.
  ConfigSchema& Choice(std::string name, std::string* target, std::vector<std::string> choices,
                       std::string help);
  // The last added option must be given by file or flag.
  ConfigSchema& Required();

  // File text only; `file_name` is for messages. At most 1 MiB.
  absl::Status ParseText(std::string_view text, std::string_view file_name);

  struct CommandLine {
    bool help = false;  // --help was given: print Help() and stop; nothing was set
    std::vector<std::string> positionals;  // everything that is no flag; all after "--"
  };
  // `args` without the program's name. Reads the file that --config names (if any), then applies
  // the flags, then checks what is required.
  absl::StatusOr<CommandLine> Load(absl::Span<const std::string> args);

  // For --help: usage, summary, and every option with its kind, default and limits.
  std::string Help() const;
  // A configuration file in which every option stands commented out with its default.
  std::string ExampleFile() const;

 private:
  struct Option {
    std::string section;
    std::string name;
    std::string kind;  // "text", "number 1..64", "duration", ...
    std::string help;
    std::string default_text;
    bool is_switch = false;
    bool is_list = false;
    bool required = false;
    bool seen = false;
    std::function<absl::Status(std::string_view)> set;
    std::function<void()> clear;  // lists only
  };
  struct Assignment {
    std::string name;
    std::string value;
    std::string where;  // "candor.conf:12" or "flag --name"
  };

  Option& Add(std::string name, std::string kind, std::string help, std::string default_text);
  Option* Find(std::string_view name);
  absl::Status Apply(absl::Span<const Assignment> assignments);
  absl::StatusOr<std::vector<Assignment>> ParseFlags(absl::Span<const std::string> args,
                                                     CommandLine* out);
  absl::StatusOr<Assignment> ParseFlag(absl::Span<const std::string> args, size_t* next);

  std::string usage_;
  std::string summary_;
  std::string section_;
  std::vector<Option> options_;
};

}  // namespace candor
