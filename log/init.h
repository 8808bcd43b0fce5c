// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "base/random.h"

namespace candor {

struct InitOptions {
  std::string origin;
  std::string folder;  // must not exist; it is made with mode 0700
  std::string policy;  // a trust policy file to name in the configuration; may be written later
};

struct InitResult {
  std::string vkey;  // the log's verifier key (C2SP signed-note)
  std::string config_file;
  std::string registrar_key_file;  // to be moved to a safe place
  std::string registrar_key_hash;  // hex
};

// Makes a new log: its folder, keys (files of mode 0600), entry 0 (log-config version 1, signed by
// the registrar) in a new store, and a commented configuration file (LogLayout says where).
// Whatever fails, nothing of it stays behind. ALREADY_EXISTS with reason FOLDER_EXISTS when there
// is anything at `folder`.
absl::StatusOr<InitResult> InitLog(const InitOptions& options, Random* random);

}  // namespace candor
