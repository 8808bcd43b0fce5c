// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/config.h"
#include "base/server_options.h"
#include "core/note/vkey.h"

namespace candor {

// What an operator sets, in the file or by flags. Paths are used as they are given.
struct WitnessConfig {
  std::string name;      // the witness's key name (C2SP signed-note)
  std::string data_dir;  // made by InitWitness
  std::string key;       // default: WitnessLayout's
  std::vector<std::string> logs;
  std::string policy;
  std::string listen = "127.0.0.1:8090";
  std::string port_file;
  TlsFiles tls;
  HttpLimits http_limits;
  int64_t threads = 8;
};

// Where things lie in a data folder.
struct WitnessLayout {
  explicit WitnessLayout(std::string data_dir) : folder(std::move(data_dir)) {}

  std::string KeyFile() const { return folder + "/witness.key"; }
  std::string State() const { return folder + "/state"; }
  std::string ConfigFile() const { return folder + "/candor-witness.conf"; }

  std::string folder;
};

// The options, bound to `config`, which must outlive the schema.
ConfigSchema BindWitnessConfig(WitnessConfig* config);

// Fills in what depends on other options and checks what can be checked without files.
// INVALID_ARGUMENT "CONFIG_INVALID".
absl::Status CompleteWitnessConfig(WitnessConfig* config);

// The keys of the logs to follow: from `log` lines and the policy file's log lines, at least one,
// none twice, all of types that can be verified here. INVALID_ARGUMENT "CONFIG_INVALID" otherwise,
// or what reading the file says.
absl::StatusOr<std::vector<VerifierKey>> LoadFollowedLogs(const WitnessConfig& config);

}  // namespace candor
