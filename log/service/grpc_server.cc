// SPDX-License-Identifier: Apache-2.0
#include "log/service/grpc_server.h"

#include <grpc/support/log.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/log.h"
#include "base/mutex.h"
#include "base/url.h"
#include "core/util/reason.h"
#include "log/service/grpc_log_service.h"
#include "log/service/reflection_service.h"
#include "proto/grpc/health/v1/health.pb.h"

namespace candor {
namespace {

constexpr int kMaxMetadataBytes = 16 * 1024;
constexpr int kKeepaliveMs = 60'000;
constexpr int kMaxIdleMs = 10 * 60'000;

std::shared_ptr<grpc::ServerCredentials> Credentials(const GrpcServerOptions& options) {
  if (options.tls_certificate_pem.empty()) return grpc::InsecureServerCredentials();
  grpc::SslServerCredentialsOptions tls;
  tls.pem_key_cert_pairs.push_back({options.tls_private_key_pem, options.tls_certificate_pem});
  return grpc::SslServerCredentials(tls);
}

void SetLimits(const GrpcServerOptions& options, grpc::ServerBuilder& builder) {
  grpc::ResourceQuota quota("candor-log");
  quota.Resize(options.max_memory_bytes);
  builder.SetResourceQuota(quota);
  builder.SetMaxReceiveMessageSize(static_cast<int>(options.max_request_bytes));
  // gRPC measures a message before it unpacks it: 256 KiB may become 256 MiB. Callers that compress
  // get UNIMPLEMENTED, as the protocol says.
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.max_streams_per_connection);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, kMaxIdleMs);
  // Two servers on one port would each get half of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

std::vector<std::string> ServiceNames() {
  return {candor::v1::LogService::service_full_name(), "grpc.health.v1.Health",
          grpc::reflection::v1::ServerReflection::service_full_name(),
          "grpc.reflection.v1alpha.ServerReflection"};
}

// What gRPC has to say goes to our log, a line a second at most: much of it is about what peers
// send.
void LogForGrpc(gpr_log_func_args* args) {
  static std::atomic<int64_t> last_second = 0;
  const int64_t second = absl::ToUnixSeconds(absl::Now());
  if (args->severity < GPR_LOG_SEVERITY_ERROR || last_second.exchange(second) == second) return;
  LogWarning("gRPC", {{"message", args->message}});
}

// Process-wide settings of gRPC, once, before the first builder.
void InitOnce() {
  static const bool done = [] {
    gpr_set_log_function(LogForGrpc);
    // gRPC's health service has no descriptor; with ours linked in, reflection can describe it.
    grpc::health::v1::HealthCheckRequest::descriptor();
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    return true;
  }();
  static_cast<void>(done);
}

}  // namespace

class GrpcServer::Impl {
 public:
  Impl(LogService* service, const GrpcServerOptions& options)
      : service_(service),
        reader_patience_(options.reader_patience),
        streams_(options.max_read_streams),
        calls_(service, &streams_),
        reflection_(ServiceNames()) {}
  ~Impl() { Stop(absl::ZeroDuration()); }

  absl::Status Start(const GrpcServerOptions& options) {
    InitOnce();
    const std::string address = HostPort{options.host, options.port}.ToString();
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort(address, Credentials(options), &port);
    builder.RegisterService(&calls_);
    builder.RegisterService(&reflection_);
    SetLimits(options, builder);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || port == 0) {
      return Refuse(
          absl::StatusCode::kUnavailable, "CANNOT_LISTEN",
          absl::StrCat("cannot serve gRPC on ", address,
                       ": the address is in use or not ours, or the TLS certificate and key "
                       "do not fit"));
    }
    port_ = static_cast<uint16_t>(port);
    RefreshHealth();
    if (options.health_interval > absl::ZeroDuration()) {
      watcher_ = std::thread([this, interval = options.health_interval] { Watch(interval); });
    }
    return absl::OkStatus();
  }

  uint16_t port() const { return port_; }

  void RefreshHealth() {
    const bool ready = service_->CheckReadiness().ready;
    grpc::HealthCheckServiceInterface* const health = server_->GetHealthCheckService();
    health->SetServingStatus("", ready);
    health->SetServingStatus(candor::v1::LogService::service_full_name(), ready);
  }

  void Stop(absl::Duration drain) {
    if (!stopping_.HasBeenNotified()) stopping_.Notify();
    if (watcher_.joinable()) watcher_.join();
    if (server_ == nullptr) return;
    server_->Shutdown(absl::ToChronoTime(absl::Now() + drain));
    server_->Wait();
    server_.reset();
  }

 private:
  void Watch(absl::Duration interval) {
    while (!stopping_.WaitFor(interval)) {
      RefreshHealth();
      streams_.CancelWaiting(absl::Now() - reader_patience_);
    }
  }

  LogService* const service_;
  const absl::Duration reader_patience_;
  ReadStreams streams_;
  GrpcLogService calls_;
  ReflectionService reflection_;
  std::unique_ptr<grpc::Server> server_;
  uint16_t port_ = 0;
  Notification stopping_;
  std::thread watcher_;
};

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(LogService* service,
                                                              const GrpcServerOptions& options) {
  auto impl = std::make_unique<Impl>(service, options);
  if (absl::Status started = impl->Start(options); !started.ok()) return started;
  return std::unique_ptr<GrpcServer>(new GrpcServer(std::move(impl)));
}

GrpcServer::GrpcServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
GrpcServer::~GrpcServer() = default;

uint16_t GrpcServer::port() const { return impl_->port(); }
void GrpcServer::RefreshHealth() { impl_->RefreshHealth(); }
void GrpcServer::Stop(absl::Duration drain) { impl_->Stop(drain); }

}  // namespace candor
