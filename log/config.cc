// SPDX-License-Identifier: Apache-2.0
#include "log/config.h"

#include "absl/strings/str_cat.h"
#include "core/attest/names.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

absl::Status Invalid(std::string_view message) {
  return Refuse(absl::StatusCode::kInvalidArgument, "CONFIG_INVALID", message);
}

void BindIdentity(ConfigSchema& schema, ServerConfig& config) {
  schema.Section("The log")
      .String("origin", &config.origin,
              "the log's name in its checkpoints, for example log.example/releases; never changes")
      .Required()
      .String("data_dir", &config.data_dir,
              "the folder that `candor-log init` made; one process at a time may use it")
      .Required()
      .String("note_key", &config.note_key,
              "the key file that signs checkpoints; default: keys/log.key in data_dir")
      .String(
          "signed_checkpoint_file", &config.signed_checkpoint_file,
          "where the last signed checkpoint is kept, best on another disk than data_dir; default: "
          "signed-checkpoint in data_dir")
      .String(
          "policy", &config.policy,
          "the trust policy (tlog-policy) with the witnesses to ask, each with its URL, and the "
          "quorum that publishing needs; without one the log's own signature suffices");
}

void BindNetwork(ConfigSchema& schema, ServerConfig& config) {
  schema.Section("Network")
      .String("http_listen", &config.http_listen,
              "address and port for HTTP; port 0 lets the system choose")
      .String("grpc_listen", &config.grpc_listen, "address and port for gRPC; empty turns gRPC off")
      .String("port_file", &config.port_file,
              "a file to write the bound ports to, as JSON, once both are listening")
      .String("tls_certificate", &config.tls_certificate,
              "PEM certificate chain; with it, and tls_key, both ports speak TLS only")
      .String("tls_key", &config.tls_key,
              "PEM private key of the certificate, readable by its owner only")
      .Duration("request_timeout", &config.request_timeout, absl::Seconds(1), absl::Minutes(10),
                "how long a request may take, the wait for publication included");
}

void BindPublishing(ConfigSchema& schema, ServerConfig& config) {
  schema.Section("Publishing")
      .Duration("checkpoint_interval", &config.checkpoint_interval, absl::ZeroDuration(),
                absl::Hours(1), "the least time between two checkpoints")
      .Duration(
          "refresh_interval", &config.refresh_interval, absl::Seconds(1), absl::Hours(24 * 7),
          "how old cosignatures of the newest checkpoint may get before witnesses are asked again")
      .Duration("witness_timeout", &config.witness_timeout, absl::Milliseconds(100),
                absl::Minutes(5), "how long one witness may take to answer")
      .Duration("witness_backoff_max", &config.witness_backoff_max, absl::Milliseconds(10),
                absl::Hours(1), "the longest pause before a witness that failed is asked again")
      .String("witness_ca", &config.witness_ca,
              "PEM certificates to trust for witnesses over https, instead of the system's");
}

void BindLimits(ConfigSchema& schema, ServerConfig& config) {
  schema.Section("Limits")
      .Int("verify_threads", &config.verify_threads, 0, 256,
           "threads that verify signatures; 0: one a processor")
      .Int("max_queued_entries", &config.max_queued_entries, 1, 1'000'000,
           "verified entries that wait to be sequenced; beyond, adds are refused with 429")
      .Size("max_queued_bytes", &config.max_queued_bytes, 1 << 20, uint64_t{16} << 30,
            "the same in bytes")
      .Int("max_unpublished_entries", &config.max_unpublished_entries, 1, 1'000'000'000,
           "sequenced entries that wait to be published; beyond, adds are refused with 429")
      .Size("block_cache", &config.block_cache, 1 << 20, uint64_t{64} << 30,
            "memory for the store's cache");
}

}  // namespace

ConfigSchema BindServerConfig(ServerConfig* config) {
  ConfigSchema schema(
      "candor-log run --config FILE [flags]",
      "Serves a transparency log. Every option can stand in the file or be a flag.");
  BindIdentity(schema, *config);
  BindNetwork(schema, *config);
  BindPublishing(schema, *config);
  BindLimits(schema, *config);
  return schema;
}

absl::Status CompleteServerConfig(ServerConfig* config) {
  CANDOR_RETURN_IF_ERROR(CheckOrigin(config->origin));
  if (config->tls_certificate.empty() != config->tls_key.empty()) {
    return Invalid("tls_certificate and tls_key go together: give both or neither");
  }
  CANDOR_RETURN_IF_ERROR(ParseListenAddress(config->http_listen, "http_listen").status());
  if (!config->grpc_listen.empty()) {
    CANDOR_RETURN_IF_ERROR(ParseListenAddress(config->grpc_listen, "grpc_listen").status());
  }
  const LogLayout layout(config->data_dir);
  if (config->note_key.empty()) config->note_key = layout.NoteKey();
  if (config->signed_checkpoint_file.empty()) {
    config->signed_checkpoint_file = layout.SignedCheckpointFile();
  }
  return absl::OkStatus();
}

absl::StatusOr<ListenAddress> ParseListenAddress(std::string_view text, std::string_view option) {
  const size_t colon = text.rfind(':');
  ListenAddress address;
  const auto port = ParseDecimal(colon == std::string_view::npos ? "" : text.substr(colon + 1));
  if (!port.ok() || *port > 65535) {
    return Invalid(absl::StrCat(
        option, ": give address and port, for example 127.0.0.1:8080, not \"", text, "\""));
  }
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty()) {
    return Invalid(absl::StrCat(option,
                                ": name the address to listen on, for example 127.0.0.1 for "
                                "this machine only or 0.0.0.0 for every network"));
  }
  address.host = std::string(host);
  address.port = static_cast<uint16_t>(*port);
  return address;
}

}  // namespace candor
