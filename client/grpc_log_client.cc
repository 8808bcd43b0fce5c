// SPDX-License-Identifier: Apache-2.0
#include "client/grpc_log_client.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/http_status.h"
#include "base/url.h"
#include "core/merkle/entry_bundle.h"
#include "core/note/note.h"
#include "core/note/tlog_proof.h"
#include "core/util/encoding.h"
#include "core/util/error_metadata.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"
#include "proto/candor/v1/log.grpc.pb.h"
#include "proto/google/rpc/status.pb.h"

namespace candor {
namespace {

// More than any answer needs; gRPC refuses the rest.
constexpr int kMaxMessageBytes = 1024 * 1024;

absl::Status FromGrpc(const grpc::Status& status, std::string_view url) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::ErrorInfo info;
  absl::Duration delay = absl::ZeroDuration();
  google::rpc::Status details;
  if (details.ParseFromString(status.error_details())) {
    for (const auto& any : details.details()) {
      google::rpc::RetryInfo retry;
      if (any.Is<google::rpc::ErrorInfo>()) any.UnpackTo(&info);
      if (any.UnpackTo(&retry)) {
        delay = absl::Seconds(retry.retry_delay().seconds()) +
                absl::Nanoseconds(retry.retry_delay().nanos());
      }
    }
  }
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  const std::string message = absl::StrCat(url, ": ", status.error_message());
  absl::Status out =
      info.reason().empty() ? absl::Status(code, message) : Refuse(code, info.reason(), message);
  for (const auto& [key, value] : info.metadata()) out = WithMetadata(std::move(out), key, value);
  return delay > absl::ZeroDuration() ? WithRetryAfter(std::move(out), delay) : out;
}

bool Consume(std::string_view* text, std::string_view prefix) {
  if (!text->starts_with(prefix)) return false;
  text->remove_prefix(prefix.size());
  return true;
}

class GrpcLogClient final : public LogClient {
 public:
  GrpcLogClient(std::string url, std::shared_ptr<grpc::Channel> channel)
      : url_(std::move(url)), stub_(v1::LogService::NewStub(std::move(channel))) {}

  absl::StatusOr<std::string> Add(std::string_view envelope_json, absl::Duration timeout) override {
    CANDOR_RETURN_IF_ERROR(CheckEnvelopeSize(envelope_json));
    v1::AddEntryRequest request;
    request.set_envelope_json(std::string(envelope_json));
    request.set_wait_for(v1::WAIT_FOR_PUBLISHED);
    v1::AddEntryResponse response;
    CANDOR_RETURN_IF_ERROR(Call(&v1::LogService::Stub::AddEntry, request, &response, timeout));
    return Bounded(std::move(*response.mutable_tlog_proof()), kMaxTlogProofBytes);
  }

  absl::StatusOr<std::string> GetCheckpoint(absl::Duration timeout) override {
    v1::GetCheckpointResponse response;
    CANDOR_RETURN_IF_ERROR(
        Call(&v1::LogService::Stub::GetCheckpoint, v1::GetCheckpointRequest(), &response, timeout));
    return Bounded(std::move(*response.mutable_checkpoint()), kMaxNoteBytes);
  }

  absl::StatusOr<std::string> GetEntry(uint64_t index, absl::Duration timeout) override {
    v1::GetEntryRequest request;
    request.set_index(index);
    v1::GetEntryResponse response;
    CANDOR_RETURN_IF_ERROR(Call(&v1::LogService::Stub::GetEntry, request, &response, timeout));
    return Bounded(std::move(*response.mutable_entry()), kMaxEntryBytes);
  }

  std::string_view url() const override { return url_; }

 private:
  template <typename Method, typename Request, typename Response>
  absl::Status Call(Method method, const Request& request, Response* response,
                    absl::Duration timeout) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(timeout));
    return FromGrpc((stub_.get()->*method)(&context, request, response), url_);
  }

  absl::StatusOr<std::string> Bounded(std::string bytes, size_t max_bytes) const {
    if (!bytes.empty() && bytes.size() <= max_bytes) return bytes;
    return Refuse(absl::StatusCode::kDataLoss, "RESPONSE_MALFORMED",
                  absl::StrCat(url_, " answered ", bytes.size(), " bytes where 1 to ", max_bytes,
                               " are possible"));
  }

  const std::string url_;
  const std::unique_ptr<v1::LogService::Stub> stub_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<LogClient>> NewGrpcLogClient(std::string url,
                                                            GrpcLogClientOptions options) {
  std::string_view target = url;
  const bool plain = Consume(&target, "grpc://");
  const bool tls = !plain && Consume(&target, "grpcs://");
  if (absl::EndsWith(target, "/")) target.remove_suffix(1);
  const absl::StatusOr<HostPort> address = HostPort::Parse(target);
  if ((!plain && !tls) || !address.ok() || address->port == 0) {
    return Refuse(absl::StatusCode::kInvalidArgument, "LOG_URL_INVALID",
                  absl::StrCat("\"", url, "\" is not grpc://host:port or grpcs://host:port"));
  }
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  if (tls) {
    grpc::SslCredentialsOptions ssl;
    ssl.pem_root_certs = std::move(options.ca_certificates_pem);
    credentials = grpc::SslCredentials(ssl);
  }
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  std::shared_ptr<grpc::Channel> channel =
      grpc::CreateCustomChannel(address->ToString(), credentials, arguments);
  return std::make_unique<GrpcLogClient>(std::move(url), std::move(channel));
}

}  // namespace candor
