// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <string>
#include <vector>

#include "client/cli/command.h"

int main(int argc, char** argv) {
  // A reader that goes away is an error of a write, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  constexpr candor::Subcommand kCommands[] = {
      {"keygen", "makes a signing key", candor::RunKeygen},
      {"enroll", "enrols a vendor with a log", candor::RunEnroll},
      {"attest", "makes a statement about artifacts", candor::RunAttest},
      {"publish", "signs and publishes a release, writes its proof", candor::RunPublish},
      {"verify", "says, offline, whether an artifact is what its vendor published",
       candor::RunVerify},
      {"show", "explains a proof, an entry or a checkpoint", candor::RunShow},
      {"monitor", "follows a log and raises an alarm when it misbehaves", candor::RunMonitor},
      {"policy", "explains a trust policy file", candor::RunPolicy},
      {"participants", "explains a participants file", candor::RunParticipants},
  };
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  candor::CommandIo io{std::cin, std::cout, std::cerr, isatty(STDIN_FILENO) == 1};
  const int code = candor::Dispatch(io, "candor",
                                    "Candor: a transparency log for software and device releases.\n"
                                    "Vendors publish, customers verify, auditors monitor.",
                                    kCommands, arguments);
  std::cout.flush();
  // An answer that nobody could read is none.
  return std::cout.good() || code != candor::kExitYes ? code : candor::kExitUnknown;
}
