// SPDX-License-Identifier: Apache-2.0
#include "client/cli/command.h"

#include <algorithm>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/terminal_text.h"
#include "core/util/error_metadata.h"
#include "core/util/reason.h"

namespace candor {

bool ParseFlags(CommandIo& io, FlagSet& flags, Arguments arguments, int* exit_code) {
  if (const absl::Status status = flags.Parse(arguments); !status.ok()) {
    io.err << "candor: " << status.message() << "\n";
    *exit_code = kExitUsage;
    return false;
  }
  if (flags.help_wanted()) {
    io.out << flags.Help();
    *exit_code = kExitYes;
    return false;
  }
  return true;
}

std::string InBrackets(std::string_view reason) {
  return reason.empty() ? "" : absl::StrCat(" [", ForTerminal(reason, 80), "]");
}

Json ErrorJson(const absl::Status& status) {
  Json error = {{"code", absl::StatusCodeToString(status.code())},
                {"reason", ReasonOf(status)},
                {"message", ForTerminal(status.message(), 4096)}};
  if (auto metadata = MetadataOf(status); !metadata.empty()) error["metadata"] = metadata;
  return error;
}

int Fail(CommandIo& io, const absl::Status& status, bool json) {
  if (json) {
    PrintJson(io, {{"error", ErrorJson(status)}});
  } else {
    io.err << "candor: " << ForTerminal(status.message(), 4096) << InBrackets(ReasonOf(status))
           << "\n";
  }
  return ExitCodeFor(status);
}

int FailUsage(CommandIo& io, std::string_view command, std::string_view problem) {
  io.err << "candor: " << problem << " (see: " << command << " --help)\n";
  return kExitUsage;
}

void PrintJson(CommandIo& io, const Json& json) {
  // Text from outside may be no UTF-8: replaced, not thrown at us.
  io.out << json.dump(-1, ' ', false, Json::error_handler_t::replace) << "\n";
}

int Dispatch(CommandIo& io, std::string_view command, std::string_view about,
             absl::Span<const Subcommand> subcommands, Arguments arguments) {
  const bool help = !arguments.empty() && (arguments[0] == "--help" || arguments[0] == "-h");
  if (arguments.empty() || help) {
    std::ostream& to = help ? io.out : io.err;
    to << "usage: " << command << " COMMAND [flags]\n\n" << about << "\n\ncommands:\n";
    for (const Subcommand& subcommand : subcommands) {
      const size_t pad = subcommand.name.size() < 14 ? 14 - subcommand.name.size() : 1;
      to << "  " << subcommand.name << std::string(pad, ' ') << subcommand.summary << "\n";
    }
    to << "\nEvery command explains itself: " << command << " COMMAND --help\n";
    return help ? kExitYes : kExitUsage;
  }
  const auto it = std::find_if(subcommands.begin(), subcommands.end(),
                               [&](const Subcommand& s) { return s.name == arguments[0]; });
  if (it == subcommands.end()) {
    return FailUsage(io, command,
                     absl::StrCat("there is no command \"", ForTerminal(arguments[0], 80), "\""));
  }
  return it->run(io, arguments.subspan(1));
}

}  // namespace candor
