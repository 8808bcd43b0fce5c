// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "client/cli/command.h"
#include "client/cli/submit.h"

namespace candor {

// `candor publish` for statements that are signed already, by whatever tool.
struct AttestationRequest {
  std::vector<std::string> files;
  // Must be subjects of the statement, and get the proof beside them: only with one statement.
  std::vector<std::string> artifacts;
  std::vector<std::string> public_keys;  // PEM files: who signed, when key ids do not say so
  std::string out;                       // where the proof goes: only with one statement
  SubmitFlags submit;
};

// Reads and checks all of the files, then sends the statements in their order and writes a proof
// for each: FILE.tlog-proof, or FILE.1.tlog-proof, FILE.2.tlog-proof, ... when a file holds
// several. A refused statement does not keep those after it from being sent; a log that can not be
// reached does. Answers kExitNo when any was refused, else kExitUnknown when not all could be sent.
// Nothing is sent when any file is wrong.
int PublishAttestations(CommandIo& io, const AttestationRequest& request);

}  // namespace candor
