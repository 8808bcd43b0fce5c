// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace candor {

// The flags of one command: declares them, parses a command line, and prints them. "--name value"
// and
// "--name=value" are the same; "--" ends the flags; a lone "-" is a positional argument. A flag may
// be given once unless it is a list. Not thread-safe.
class FlagSet {
 public:
  // `synopsis`: what follows the command's name in the usage line. `about`: a few lines that
  // explain.
  FlagSet(std::string command, std::string synopsis, std::string about);

  // Targets keep their value when the flag is not given, and must outlive Parse.
  void String(std::string_view name, std::string_view value, std::string_view help,
              std::string* target);
  void List(std::string_view name, std::string_view value, std::string_view help,
            std::vector<std::string>* target);
  void Bool(std::string_view name, std::string_view help, bool* target);
  // Where positional arguments go. Without this there must be none, and a list flag takes all words
  // up to the next flag.
  void Positional(std::vector<std::string>* target) { positional_ = target; }
  // Printed after the flags.
  void Epilogue(std::string text) { epilogue_ = std::move(text); }

  // INVALID_ARGUMENT that names the word. Sets help_wanted() and stops at --help or -h.
  absl::Status Parse(absl::Span<const std::string> arguments);
  bool help_wanted() const { return help_wanted_; }

  std::string Help() const;

 private:
  enum class Kind { kString, kList, kBool };
  struct Flag {
    Kind kind;
    std::string name;
    std::string value;
    std::string help;
    std::string* string = nullptr;
    std::vector<std::string>* list = nullptr;
    bool* boolean = nullptr;
    bool seen = false;
  };

  Flag* Find(std::string_view name);
  absl::Status ParseFlag(absl::Span<const std::string> arguments, size_t* at);
  absl::Status Store(Flag* flag, std::optional<std::string> value,
                     absl::Span<const std::string> arguments, size_t* at);

  const std::string command_;
  const std::string synopsis_;
  const std::string about_;
  std::string epilogue_;
  std::vector<Flag> flags_;
  std::vector<std::string>* positional_ = nullptr;
  bool help_wanted_ = false;
};

}  // namespace candor
