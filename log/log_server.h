// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "log/config.h"

namespace candor {

class NoteSigner;

// A whole log in one process: store, sequencer, publisher, service, and both transports.
class LogServer {
 public:
  // Opens, recovers, listens and serves; then writes the port file. `config` is complete
  // (CompleteServerConfig). Nothing is changed in the log's folder when it fails before serving:
  //   FAILED_PRECONDITION  "FOLDER_IN_USE", "WRONG_ORIGIN", "FORMAT_TOO_NEW", "LOG_EMPTY"
  //   NOT_FOUND            "STORE_NOT_FOUND", or a file of the configuration
  //   DATA_LOSS            "STORE_DAMAGED", "SIGNED_CHECKPOINT_DAMAGED"
  //   PERMISSION_DENIED    "KEY_FILE_NOT_PRIVATE"
  //   INVALID_ARGUMENT     "CONFIG_INVALID", "POLICY_INVALID", and what is wrong with certificate
  //   or key UNAVAILABLE          "CANNOT_LISTEN"
  // A store that is behind what the log signed is served for reading: adds are refused, nothing is
  // signed, and readiness says why.
  static absl::StatusOr<std::unique_ptr<LogServer>> Start(const ServerConfig& config);

  // Stops.
  ~LogServer();
  LogServer(const LogServer&) = delete;
  LogServer& operator=(const LogServer&) = delete;

  uint16_t http_port() const;
  uint16_t grpc_port() const;  // 0 when gRPC is off
  // "http://127.0.0.1:8080 grpc://127.0.0.1:8081"
  std::string Addresses() const;

  // Accepts nothing more, answers what is in flight, sequences what was taken, publishes it if that
  // is quick, and leaves the store so that the next start replays nothing. Safe to call twice.
  void Stop();

 private:
  class Impl;
  explicit LogServer(std::unique_ptr<Impl> impl);
  const std::unique_ptr<Impl> impl_;
};

// The log's own key, as the configuration names it. PERMISSION_DENIED "KEY_FILE_NOT_PRIVATE", ...
absl::StatusOr<NoteSigner> ReadNoteSigner(const ServerConfig& config);

}  // namespace candor
