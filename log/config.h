// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/config.h"
#include "base/server_options.h"

namespace candor {

// Everything that `candor-log run` is told, by its configuration file and flags. The values here
// are the defaults; BindServerConfig says what each one is for.
struct ServerConfig {
  std::string origin;
  std::string data_dir;

  // Empty: a file in data_dir, as `candor-log init` lays it out (see LogLayout).
  std::string note_key;
  std::string signed_checkpoint_file;
  std::string policy;  // empty: the log's own signature suffices

  std::string http_listen = "127.0.0.1:8080";
  std::string grpc_listen = "127.0.0.1:8081";  // empty: no gRPC
  std::string port_file;
  TlsFiles tls;
  HttpLimits http_limits;

  absl::Duration checkpoint_interval = absl::Milliseconds(100);
  absl::Duration refresh_interval = absl::Minutes(10);
  absl::Duration witness_timeout = absl::Seconds(10);
  absl::Duration witness_backoff_max = absl::Seconds(3);
  std::string witness_ca;

  int64_t verify_threads = 0;  // 0: as many as the machine has processors
  uint64_t max_queued_bytes = uint64_t{64} << 20;
  int64_t max_queued_entries = 8192;
  int64_t max_unpublished_entries = 100'000;
  int64_t participant_rate = 1000;  // 0: no limit
  int64_t participant_burst = 65'536;
  absl::Duration request_timeout = absl::Seconds(30);
  uint64_t block_cache = uint64_t{64} << 20;
};

// Where things lie in a log's folder.
struct LogLayout {
  explicit LogLayout(std::string folder) : folder(std::move(folder)) {}

  std::string ConfigFile() const { return folder + "/candor-log.conf"; }
  std::string NoteKey() const { return folder + "/keys/log.key"; }
  std::string RegistrarKey() const { return folder + "/keys/registrar.key"; }
  std::string StateKey() const { return folder + "/keys/state.key"; }
  std::string Store() const { return folder + "/store"; }
  std::string SignedCheckpointFile() const { return folder + "/signed-checkpoint"; }

  std::string folder;
};

// The schema of the file and the flags, bound to `config`, which must outlive it.
ConfigSchema BindServerConfig(ServerConfig* config);

// Fills in the paths that depend on data_dir and checks what spans several options (TLS needs both
// files; origin; addresses). INVALID_ARGUMENT with reason CONFIG_INVALID, naming the option.
absl::Status CompleteServerConfig(ServerConfig* config);

}  // namespace candor
