// SPDX-License-Identifier: Apache-2.0
#include "log/config.h"

#include "core/attest/names.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

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
              "a file to write the bound ports to, as JSON, once both are listening");
  BindTlsFiles(schema, &config.tls, "both ports speak");
  schema.Duration("request_timeout", &config.request_timeout, absl::Seconds(1), absl::Minutes(10),
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
      .Int("participant_rate", &config.participant_rate, 0, 1'000'000,
           "entries a second that one participant may add for long; beyond, its adds are refused "
           "with 429, those of others are not; 0: no limit")
      .Int("participant_burst", &config.participant_burst, 1, 100'000'000,
           "entries that one participant may add at once after a pause")
      .Size("block_cache", &config.block_cache, 1 << 20, uint64_t{64} << 30,
            "memory for the store's cache");
  BindHttpLimits(schema, &config.http_limits);
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
  CANDOR_RETURN_IF_ERROR(CheckTlsFiles(config->tls));
  CANDOR_RETURN_IF_ERROR(ParseListenOption("http_listen", config->http_listen).status());
  if (!config->grpc_listen.empty()) {
    CANDOR_RETURN_IF_ERROR(ParseListenOption("grpc_listen", config->grpc_listen).status());
  }
  const LogLayout layout(config->data_dir);
  if (config->note_key.empty()) config->note_key = layout.NoteKey();
  if (config->signed_checkpoint_file.empty()) {
    config->signed_checkpoint_file = layout.SignedCheckpointFile();
  }
  return absl::OkStatus();
}

}  // namespace candor
