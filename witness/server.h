// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/clock.h"
#include "base/http_server.h"
#include "base/metrics.h"
#include "base/thread_pool.h"
#include "core/note/signer.h"
#include "witness/config.h"
#include "witness/service/http_service.h"
#include "witness/service/witness.h"
#include "witness/state/rocksdb_witness_state.h"

namespace candor {

// The running witness: state, protocol and HTTP server put together.
class WitnessServer {
 public:
  // `config` is complete; `clock` must outlive the server. Serves on return; the port file is
  // written.
  static absl::StatusOr<std::unique_ptr<WitnessServer>> Start(const WitnessConfig& config,
                                                              const Clock* clock);
  // Stops.
  ~WitnessServer();

  // Finishes the requests in flight and closes the port. The state stays locked until destruction.
  void Stop();

  const std::string& url() const { return url_; }  // http://127.0.0.1:8090
  const VerifierKey& vkey() const { return cosigner_.vkey(); }

 private:
  WitnessServer(std::vector<VerifierKey> logs, Cosigner cosigner,
                std::unique_ptr<RocksDbWitnessState> state, const WitnessConfig& config,
                const Clock* clock);
  absl::Status Listen(const WitnessConfig& config);

  const Cosigner cosigner_;
  const std::unique_ptr<RocksDbWitnessState> state_;
  MetricsRegistry metrics_;
  Witness witness_;
  ThreadPool pool_;
  WitnessHttpService service_;
  std::unique_ptr<HttpServer> http_;
  std::string url_;
};

// The cosigner of a witness, from its key file.
absl::StatusOr<Cosigner> LoadCosigner(const WitnessConfig& config);

}  // namespace candor
