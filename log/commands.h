// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/random.h"
#include "log/log_server.h"

namespace candor {

// What the process answers. Documented in --help; scripts rely on it.
enum ExitCode : int {
  kExitOk = 0,
  kExitFailed = 1,        // anything that is not below
  kExitUsage = 2,         // command line, configuration or policy
  kExitInUse = 3,         // another process holds the folder
  kExitWrongOrigin = 4,   // the folder is another log's
  kExitDamaged = 5,       // store or signed checkpoint
  kExitKey = 6,           // a key file is missing, damaged, or readable by others
  kExitCannotListen = 7,  // the address is taken or not ours
  kExitNoStore = 8,       // no log there, or one of a newer format
  kExitExists = 9,        // init: something is there already
};

ExitCode ExitCodeOf(const absl::Status& status);

struct CommandOutput {
  std::string out;  // for standard output, printed before `wait` is called
  std::string err;
  int exit_code = kExitOk;
};

// How `run` serves: it is given the server and returns when it is to stop.
using ServeUntil = std::function<void(LogServer& server)>;

// `candor-log init | run | vkey`; `args` are without the program's name. `run` is the default.
CommandOutput RunCommand(const std::vector<std::string>& args, Random* random,
                         const ServeUntil& serve);

}  // namespace candor
