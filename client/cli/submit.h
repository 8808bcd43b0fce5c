// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/command.h"
#include "client/cli/flags.h"
#include "client/envelope_publisher.h"
#include "core/crypto/public_key.h"

namespace candor {

// What every command that sends something to a log takes.
struct SubmitFlags {
  std::string log;
  std::string policy;
  std::string ca;
  std::string timeout = "5m";
  bool json = false;
};

void DeclareSubmitFlags(FlagSet& flags, SubmitFlags* values);

// Sends an envelope to the log until it is published and checks the proof, telling on `io.err` when
// it has to wait. The policy file, if any, is read before anything is sent.
absl::StatusOr<Publication> Submit(CommandIo& io, const SubmitFlags& flags,
                                   std::string_view envelope_json, std::vector<PublicKey> keys);

}  // namespace candor
