// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <istream>
#include <ostream>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "client/cli/exit_code.h"
#include "client/cli/flags.h"
#include "core/attest/json.h"

namespace candor {

// Where a command reads and writes, so that tests can look.
struct CommandIo {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool interactive = false;  // somebody sits at `in`
};

using Arguments = absl::Span<const std::string>;

// One command; answers the process's exit code.
using Command = int (*)(CommandIo& io, Arguments arguments);

int RunKeygen(CommandIo& io, Arguments arguments);
int RunEnroll(CommandIo& io, Arguments arguments);
int RunAttest(CommandIo& io, Arguments arguments);
int RunPublish(CommandIo& io, Arguments arguments);
int RunVerify(CommandIo& io, Arguments arguments);
int RunShow(CommandIo& io, Arguments arguments);
int RunMonitor(CommandIo& io, Arguments arguments);
int RunPolicy(CommandIo& io, Arguments arguments);
int RunParticipants(CommandIo& io, Arguments arguments);

// Parses flags. True to go on; else help or the error was printed and `*exit_code` is set.
bool ParseFlags(CommandIo& io, FlagSet& flags, Arguments arguments, int* exit_code);

// " [REASON]", "" without a reason.
std::string InBrackets(std::string_view reason);

// {"code","reason","message"} and, when there is any, {"metadata"}.
Json ErrorJson(const absl::Status& status);

// Prints "candor: <what is wrong> [REASON]" (or the error as JSON on standard output) and answers
// the code.
int Fail(CommandIo& io, const absl::Status& status, bool json = false);
// The same for a wrong command line.
int FailUsage(CommandIo& io, std::string_view command, std::string_view problem);

// Prints one JSON document on one line.
void PrintJson(CommandIo& io, const Json& json);

// Runs the subcommand named by the first argument.
struct Subcommand {
  std::string_view name;
  std::string_view summary;
  Command run;
};
int Dispatch(CommandIo& io, std::string_view command, std::string_view about,
             absl::Span<const Subcommand> subcommands, Arguments arguments);

}  // namespace candor
