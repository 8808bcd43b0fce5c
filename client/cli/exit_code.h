// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/status.h"

namespace candor {

// How `candor` ends. Part of its interface: scripts branch on these.
enum ExitCode : int {
  kExitYes = 0,      // done; the answer is yes
  kExitNo = 1,       // the answer is no: refused, invalid, misbehaviour found
  kExitUnknown = 2,  // no answer: a file or server could not be read, a version is not supported
  kExitUsage = 64,   // the command line is wrong; nothing was done
};

// For a command that failed with this error: kExitNo when something was looked at and refused,
// kExitUnknown when it could not be looked at or done.
ExitCode ExitCodeFor(const absl::Status& status);

}  // namespace candor
