// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/random.h"

namespace candor {

struct WitnessInitOptions {
  std::string name;
  std::string folder;             // must not exist; it is made with mode 0700
  std::vector<std::string> logs;  // vkeys to name in the configuration; may be written later
  std::string policy;             // a tlog-policy file to name there; may be written later
};

struct WitnessInitResult {
  std::string vkey;
  std::string config_file;
};

// Makes a new witness: its folder, key (a file of mode 0600), empty state, and a commented
// configuration file. Key and state are made together and only here, so that a key never comes
// without the memory of what it signed. Whatever fails, nothing of it stays behind. ALREADY_EXISTS
// with reason FOLDER_EXISTS when there is anything at `folder`.
absl::StatusOr<WitnessInitResult> InitWitness(const WitnessInitOptions& options, Random* random);

}  // namespace candor
