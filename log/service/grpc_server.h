// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "log/service/log_service.h"

namespace candor {

struct GrpcServerOptions {
  std::string host = "127.0.0.1";
  uint16_t port = 0;  // 0: the system chooses
  // Both or neither: PEM chain and PEM key.
  std::string tls_certificate_pem;
  std::string tls_private_key_pem;

  size_t max_request_bytes = 256 * 1024;  // an envelope of 128 KiB and what is around it
  int max_streams_per_connection = 1024;
  // For all of gRPC's buffers. gRPC takes a message in as a whole before it looks at its length, so
  // this, and not max_request_bytes, is what bounds the memory that callers can use.
  size_t max_memory_bytes = size_t{256} << 20;
  size_t max_read_streams = 256;  // of ReadEntries; each holds up to 512 KiB
  // A ReadEntries whose reader takes nothing for so long is ended.
  absl::Duration reader_patience = absl::Seconds(60);
  // How often health follows readiness, and readers are looked after. Zero: only RefreshHealth.
  absl::Duration health_interval = absl::Milliseconds(500);
};

// The log over gRPC: candor.v1.LogService, grpc.health.v1 (for "" and "candor.v1.LogService",
// serving while the log is ready), and server reflection (v1 and v1alpha). Thread-safe.
class GrpcServer {
 public:
  // Listens and serves. `service` outlives this. UNAVAILABLE (reason CANNOT_LISTEN).
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Start(LogService* service,
                                                           const GrpcServerOptions& options);
  // Stops at once.
  ~GrpcServer();
  GrpcServer(const GrpcServer&) = delete;
  GrpcServer& operator=(const GrpcServer&) = delete;

  uint16_t port() const;
  void RefreshHealth();

  // Accepts nothing more and waits for the calls in flight; after `drain` they are cancelled. Safe
  // to call twice.
  void Stop(absl::Duration drain);

 private:
  class Impl;
  explicit GrpcServer(std::unique_ptr<Impl> impl);
  const std::unique_ptr<Impl> impl_;
};

}  // namespace candor
