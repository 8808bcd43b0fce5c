// SPDX-License-Identifier: Apache-2.0
#include "log/log_server.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/durable_file.h"
#include "base/http_client.h"
#include "base/http_server.h"
#include "base/io.h"
#include "base/key_file.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/mutex.h"
#include "base/server_options.h"
#include "base/url.h"
#include "core/note/policy.h"
#include "core/note/signer.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"
#include "log/publisher/publisher.h"
#include "log/publisher/sequenced_hashes.h"
#include "log/publisher/store_checkpoint_keeper.h"
#include "log/sequencer/log_reader.h"
#include "log/sequencer/recovery.h"
#include "log/sequencer/sequencer.h"
#include "log/service/grpc_server.h"
#include "log/service/http_service.h"
#include "log/service/log_service.h"
#include "log/storage/checkpoint_file.h"
#include "log/storage/rocksdb_log_store.h"

namespace candor {
namespace {

constexpr absl::Duration kDrain = absl::Seconds(5);
constexpr absl::Duration kLastPublication = absl::Seconds(2);
constexpr size_t kMaxCertificateBytes = 1024 * 1024;

absl::StatusOr<Policy> ReadPolicy(const ServerConfig& config, const VerifierKey& own_key) {
  if (config.policy.empty()) return Policy::Parse("quorum none\n");
  CANDOR_ASSIGN_OR_RETURN(const std::string text, ReadFileBounded(config.policy, kMaxPolicyBytes));
  absl::StatusOr<Policy> policy = Policy::Parse(text);
  if (!policy.ok()) return Annotate(policy.status(), config.policy);
  const auto& logs = policy->log_keys();
  if (!logs.empty() && std::find(logs.begin(), logs.end(), own_key) == logs.end()) {
    return Refuse(
        absl::StatusCode::kInvalidArgument, "POLICY_INVALID",
        absl::StrCat(config.policy, " names logs, but not this one: ", own_key.ToString()));
  }
  return policy;
}

absl::StatusOr<std::unique_ptr<HttpClient>> MakeHttpClient(const ServerConfig& config) {
  HttpClientOptions options;
  options.user_agent = "candor-log";
  if (!config.witness_ca.empty()) {
    CANDOR_ASSIGN_OR_RETURN(options.ca_certificates_pem,
                            ReadFileBounded(config.witness_ca, kMaxCertificateBytes));
  }
  return NewHttpClient(std::move(options));
}

PublisherOptions PublisherOptionsOf(const ServerConfig& config) {
  PublisherOptions options;
  options.checkpoint_interval = config.checkpoint_interval;
  options.refresh_interval = config.refresh_interval;
  options.witness.request_timeout = config.witness_timeout;
  options.witness.backoff_max = config.witness_backoff_max;
  options.witness.backoff_initial =
      std::min(options.witness.backoff_initial, config.witness_backoff_max);
  return options;
}

SequencerOptions SequencerOptionsOf(const ServerConfig& config) {
  SequencerOptions options;
  options.max_queued_entries = static_cast<size_t>(config.max_queued_entries);
  options.max_queued_bytes = config.max_queued_bytes;
  options.max_unpublished_entries = static_cast<uint64_t>(config.max_unpublished_entries);
  return options;
}

LogServiceOptions ServiceOptionsOf(const ServerConfig& config) {
  const size_t processors = std::max(1u, std::thread::hardware_concurrency());
  LogServiceOptions options;
  options.add.verification_threads =
      config.verify_threads == 0 ? processors : static_cast<size_t>(config.verify_threads);
  options.add.max_queued = static_cast<size_t>(config.max_queued_entries);
  options.add.max_queued_bytes = config.max_queued_bytes;
  options.add.request_deadline = config.request_timeout;
  options.add.participant_limit = {.rate = static_cast<double>(config.participant_rate),
                                   .burst = static_cast<double>(config.participant_burst)};
  options.read_threads = std::max<size_t>(2, processors);
  return options;
}

std::string UrlOf(std::string_view scheme, const HostPort& address) {
  return absl::StrCat(std::string(scheme), "://", address.ToString());
}

}  // namespace

absl::StatusOr<NoteSigner> ReadNoteSigner(const ServerConfig& config) {
  absl::StatusOr<PrivateKey> key = ReadKeyFile(config.note_key);
  if (!key.ok()) return Annotate(key.status(), "note_key");
  return NoteSigner::Create(config.origin, *std::move(key));
}

class LogServer::Impl {
 public:
  explicit Impl(ServerConfig config) : config_(std::move(config)) {}
  ~Impl() { Stop(); }

  absl::Status Start() {
    CANDOR_ASSIGN_OR_RETURN(NoteSigner signer, ReadNoteSigner(config_));
    CANDOR_ASSIGN_OR_RETURN(Policy policy, ReadPolicy(config_, signer.vkey()));
    CANDOR_ASSIGN_OR_RETURN(const TlsIdentity tls, ReadTlsFiles(config_.tls));
    CANDOR_ASSIGN_OR_RETURN(http_client_, MakeHttpClient(config_));
    CANDOR_RETURN_IF_ERROR(OpenLog(signer.vkey()));
    CANDOR_RETURN_IF_ERROR(MakePublisher(std::move(signer), std::move(policy)));
    MakeService();
    CANDOR_RETURN_IF_ERROR(Listen(tls));
    StartWriting();
    return WritePortFile();
  }

  void Stop() {
    if (std::exchange(stopped_, true)) return;
    if (service_ != nullptr) service_->BeginDrain();
    std::thread grpc_stop([this] {
      if (grpc_server_ != nullptr) grpc_server_->Stop(kDrain);
    });
    if (http_server_ != nullptr) http_server_->Stop();
    grpc_stop.join();
    // Reads that still wait refer to the transports, which are destroyed before the service.
    if (service_ != nullptr) service_->StopReads();
    // The transports are silent: what was taken is sequenced, then published.
    if (sequencer_ != nullptr) sequencer_->Stop();
    if (publisher_ != nullptr) {
      if (started_) AwaitLastPublication();
      publisher_->Stop();
    }
    if (store_ != nullptr && started_) {
      const absl::Status flushed = store_->Flush();
      if (!flushed.ok()) LogWarning("store not flushed", {{"error", flushed}});
    }
  }

  uint16_t http_port() const { return http_.port; }
  uint16_t grpc_port() const { return grpc_.port; }

  std::string Addresses() const {
    const bool tls = config_.tls.given();
    std::string text = UrlOf(tls ? "https" : "http", http_);
    if (grpc_server_ != nullptr) {
      absl::StrAppend(&text, " ", UrlOf(tls ? "grpcs" : "grpc", grpc_));
    }
    return text;
  }

 private:
  absl::Status OpenLog(const VerifierKey& vkey) {
    RocksDbLogStoreOptions options;
    options.folder = LogLayout(config_.data_dir).Store();
    options.origin = config_.origin;
    options.block_cache_bytes = config_.block_cache;
    CANDOR_ASSIGN_OR_RETURN(store_, RocksDbLogStore::Open(options));
    checkpoint_file_ = std::make_unique<CheckpointFile>(config_.signed_checkpoint_file);

    RecoveryInputs inputs;
    inputs.origin = config_.origin;
    inputs.store = store_.get();
    inputs.index = store_.get();
    inputs.checkpoints = store_.get();
    inputs.checkpoint_file = checkpoint_file_.get();
    inputs.log_keys = {vkey};
    CANDOR_ASSIGN_OR_RETURN(RecoveredLog recovered, RecoverLog(inputs));
    head_ = recovered.head;
    publisher_state_.signing = recovered.signing;
    if (recovered.last_signed.has_value()) {
      publisher_state_.signed_note = recovered.last_signed->note;
    }
    if (!recovered.signing.ok()) {
      LogError("serving for reading only", {{"error", recovered.signing}});
    }
    CANDOR_ASSIGN_OR_RETURN(const auto published, store_->LastPublished());
    if (published.has_value()) publisher_state_.published_note = published->note;

    CANDOR_ASSIGN_OR_RETURN(sequencer_, Sequencer::Create(store_.get(), store_.get(), recovered,
                                                          SequencerOptionsOf(config_)));
    reader_ = std::make_unique<LogReader>(store_.get(), store_.get(), &sequencer_->tree());
    return absl::OkStatus();
  }

  absl::Status MakePublisher(NoteSigner signer, Policy policy) {
    hashes_ = std::make_unique<SequencedHashes>(reader_.get());
    keeper_ = std::make_unique<StoreCheckpointKeeper>(checkpoint_file_.get(), store_.get());
    PublisherDependencies dependencies;
    dependencies.clock = SystemClock::Get();
    dependencies.http = http_client_.get();
    dependencies.tree = hashes_.get();
    dependencies.keeper = keeper_.get();
    dependencies.metrics = &metrics_;
    dependencies.on_published = [sequencer = sequencer_.get()](uint64_t size) {
      sequencer->SetPublishedSize(size);
    };
    dependencies.on_may_write = [sequencer = sequencer_.get()](const absl::Status& may_write) {
      sequencer->Block(may_write);
    };
    if (policy.quorum_is_none()) {
      LogWarning(
          "no witnesses: the policy's quorum is none, so nobody watches that this log never "
          "rewrites its history");
    }
    CANDOR_ASSIGN_OR_RETURN(
        publisher_,
        Publisher::Create(PublisherOptionsOf(config_), std::move(policy), std::move(signer),
                          std::move(dependencies), publisher_state_));
    return absl::OkStatus();
  }

  void MakeService() {
    LogServiceDependencies dependencies;
    dependencies.clock = SystemClock::Get();
    dependencies.sequencer = sequencer_.get();
    dependencies.publisher = publisher_.get();
    dependencies.reader = reader_.get();
    dependencies.checkpoints = store_.get();
    dependencies.metrics = &metrics_;
    service_ = std::make_unique<LogService>(ServiceOptionsOf(config_), dependencies);
    http_service_ = std::make_unique<HttpService>(service_.get(), HttpServiceOptions());
  }

  absl::Status Listen(const TlsIdentity& tls) {
    CANDOR_ASSIGN_OR_RETURN(http_, ParseListenOption("http_listen", config_.http_listen));
    HttpServerOptions http;
    http.tls_certificate_pem = tls.certificate_pem;
    http.tls_private_key_pem = std::string(tls.key_pem.view());
    http.handler_timeout = config_.request_timeout + absl::Seconds(5);
    http.drain_timeout = kDrain;
    http.max_connections = static_cast<size_t>(config_.http_limits.max_connections);
    http.read_timeout = config_.http_limits.read_timeout;
    http.write_timeout = config_.http_limits.write_timeout;
    http.idle_timeout = config_.http_limits.idle_timeout;
    CANDOR_ASSIGN_OR_RETURN(http_server_, HttpServer::Create(http, http_service_.get()));
    CANDOR_ASSIGN_OR_RETURN(http_.port, http_server_->Start(http_.host, http_.port));
    if (config_.grpc_listen.empty()) return absl::OkStatus();

    CANDOR_ASSIGN_OR_RETURN(grpc_, ParseListenOption("grpc_listen", config_.grpc_listen));
    GrpcServerOptions grpc;
    grpc.host = grpc_.host;
    grpc.port = grpc_.port;
    grpc.tls_certificate_pem = http.tls_certificate_pem;
    grpc.tls_private_key_pem = http.tls_private_key_pem;
    CANDOR_ASSIGN_OR_RETURN(grpc_server_, GrpcServer::Start(service_.get(), grpc));
    grpc_.port = grpc_server_->port();
    return absl::OkStatus();
  }

  // Nothing is sequenced or signed before both ports are ours.
  void StartWriting() {
    sequencer_->SetHeadListener([publisher = publisher_.get()](const StoredHead& head) {
      publisher->OnSequenced(head.tree_size, head.root);
    });
    sequencer_->Start();
    publisher_->Start();
    publisher_->OnSequenced(head_.tree_size, head_.root);
    started_ = true;
  }

  absl::Status WritePortFile() const {
    if (config_.port_file.empty()) return absl::OkStatus();
    return DurableFile(config_.port_file)
        .Replace(absl::StrCat("{\"http\":", http_port(), ",\"grpc\":", grpc_port(), "}\n"));
  }

  void AwaitLastPublication() {
    const StoredHead head = reader_->head();
    publisher_->OnSequenced(head.tree_size, head.root);
    const uint64_t size = head.tree_size;
    if (size == 0 || !publisher_->Health().ok) return;
    Notification done;
    const absl::Time deadline = SystemClock::Get()->Now() + kLastPublication;
    publisher_->WaitPublished(size - 1, deadline,
                              [&](const PublishWaiters::Result&) { done.Notify(); });
    done.Wait();
  }

  const ServerConfig config_;
  MetricsRegistry metrics_;
  // In the order in which they need each other.
  std::unique_ptr<HttpClient> http_client_;
  std::unique_ptr<RocksDbLogStore> store_;
  std::unique_ptr<CheckpointFile> checkpoint_file_;
  StoredHead head_;
  PublisherState publisher_state_;
  std::unique_ptr<Sequencer> sequencer_;
  std::unique_ptr<LogReader> reader_;
  std::unique_ptr<SequencedHashes> hashes_;
  std::unique_ptr<StoreCheckpointKeeper> keeper_;
  std::unique_ptr<Publisher> publisher_;
  std::unique_ptr<LogService> service_;
  std::unique_ptr<HttpService> http_service_;
  std::unique_ptr<HttpServer> http_server_;
  std::unique_ptr<GrpcServer> grpc_server_;
  // With the ports that the system chose.
  HostPort http_;
  HostPort grpc_;
  bool started_ = false;
  bool stopped_ = false;
};

absl::StatusOr<std::unique_ptr<LogServer>> LogServer::Start(const ServerConfig& config) {
  auto impl = std::make_unique<Impl>(config);
  if (absl::Status started = impl->Start(); !started.ok()) return started;
  return std::unique_ptr<LogServer>(new LogServer(std::move(impl)));
}

LogServer::LogServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LogServer::~LogServer() = default;

uint16_t LogServer::http_port() const { return impl_->http_port(); }
uint16_t LogServer::grpc_port() const { return impl_->grpc_port(); }
std::string LogServer::Addresses() const { return impl_->Addresses(); }
void LogServer::Stop() { impl_->Stop(); }

}  // namespace candor
