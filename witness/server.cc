// SPDX-License-Identifier: Apache-2.0
#include "witness/server.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/durable_file.h"
#include "base/key_file.h"
#include "base/log.h"
#include "base/server_options.h"
#include "base/url.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr size_t kMaxQueuedSubmissions = 1024;

absl::StatusOr<HttpServerOptions> ServerOptions(const WitnessConfig& config) {
  HttpServerOptions options;
  options.max_body_bytes = kMaxAddCheckpointBytes;
  options.max_connections = static_cast<size_t>(config.http_limits.max_connections);
  options.read_timeout = config.http_limits.read_timeout;
  options.write_timeout = config.http_limits.write_timeout;
  options.idle_timeout = config.http_limits.idle_timeout;
  CANDOR_ASSIGN_OR_RETURN(TlsIdentity tls, ReadTlsFiles(config.tls));
  options.tls_certificate_pem = std::move(tls.certificate_pem);
  options.tls_private_key_pem = std::string(tls.key_pem.view());
  return options;
}

}  // namespace

absl::StatusOr<Cosigner> LoadCosigner(const WitnessConfig& config) {
  CANDOR_ASSIGN_OR_RETURN(PrivateKey key, ReadKeyFile(config.key));
  return Cosigner::Create(config.name, std::move(key));
}

WitnessServer::WitnessServer(std::vector<VerifierKey> logs, Cosigner cosigner,
                             std::unique_ptr<RocksDbWitnessState> state,
                             const WitnessConfig& config, const Clock* clock)
    : cosigner_(std::move(cosigner)),
      state_(std::move(state)),
      witness_(std::move(logs), &cosigner_, state_.get(), clock),
      pool_(static_cast<size_t>(config.threads), kMaxQueuedSubmissions),
      service_(&witness_, state_.get(), &pool_, &metrics_) {}

WitnessServer::~WitnessServer() { Stop(); }

absl::StatusOr<std::unique_ptr<WitnessServer>> WitnessServer::Start(const WitnessConfig& config,
                                                                    const Clock* clock) {
  CANDOR_ASSIGN_OR_RETURN(std::vector<VerifierKey> logs, LoadFollowedLogs(config));
  CANDOR_ASSIGN_OR_RETURN(Cosigner cosigner, LoadCosigner(config));
  CANDOR_ASSIGN_OR_RETURN(
      std::unique_ptr<RocksDbWitnessState> state,
      RocksDbWitnessState::Open(WitnessLayout(config.data_dir).State(), cosigner.vkey()));
  std::unique_ptr<WitnessServer> server(
      new WitnessServer(std::move(logs), std::move(cosigner), std::move(state), config, clock));
  CANDOR_RETURN_IF_ERROR(server->Listen(config));
  return server;
}

absl::Status WitnessServer::Listen(const WitnessConfig& config) {
  CANDOR_ASSIGN_OR_RETURN(HttpServerOptions options, ServerOptions(config));
  CANDOR_ASSIGN_OR_RETURN(HostPort address, ParseListenOption("listen", config.listen));
  CANDOR_ASSIGN_OR_RETURN(http_, HttpServer::Create(std::move(options), &service_));
  CANDOR_ASSIGN_OR_RETURN(address.port, http_->Start(address.host, address.port));
  url_ = absl::StrCat(config.tls.given() ? "https://" : "http://", address.ToString());
  LogInfo("witness started", {{"url", url_}, {"vkey", vkey().ToString()}});
  if (config.port_file.empty()) return absl::OkStatus();
  return DurableFile(config.port_file).Replace(absl::StrCat("{\"http\": ", address.port, "}\n"));
}

void WitnessServer::Stop() {
  if (http_ != nullptr) http_->Stop();
  pool_.Shutdown();
}

}  // namespace candor
