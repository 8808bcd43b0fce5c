// SPDX-License-Identifier: Apache-2.0
//
// Only for grpc_server.cc: gRPC headers are slow to compile.

#pragma once

#include <grpcpp/support/server_callback.h>

#include <memory>

#include "log/service/log_service.h"
#include "log/service/read_streams.h"
#include "proto/candor/v1/log.grpc.pb.h"

namespace candor {

// candor.v1.LogService over the callback API: no thread waits for a call. Thread-safe.
class GrpcLogService final : public candor::v1::LogService::CallbackService {
 public:
  // Both outlive this.
  GrpcLogService(candor::LogService* service, ReadStreams* streams)
      : service_(service), streams_(streams) {}

  grpc::ServerUnaryReactor* AddEntry(grpc::CallbackServerContext* context,
                                     const candor::v1::AddEntryRequest* request,
                                     candor::v1::AddEntryResponse* response) override;
  grpc::ServerUnaryReactor* GetCheckpoint(grpc::CallbackServerContext* context,
                                          const candor::v1::GetCheckpointRequest* request,
                                          candor::v1::GetCheckpointResponse* response) override;
  grpc::ServerUnaryReactor* GetInclusionProof(
      grpc::CallbackServerContext* context, const candor::v1::GetInclusionProofRequest* request,
      candor::v1::GetInclusionProofResponse* response) override;
  grpc::ServerUnaryReactor* GetConsistencyProof(
      grpc::CallbackServerContext* context, const candor::v1::GetConsistencyProofRequest* request,
      candor::v1::GetConsistencyProofResponse* response) override;
  grpc::ServerUnaryReactor* GetEntry(grpc::CallbackServerContext* context,
                                     const candor::v1::GetEntryRequest* request,
                                     candor::v1::GetEntryResponse* response) override;
  grpc::ServerWriteReactor<candor::v1::ReadEntriesResponse>* ReadEntries(
      grpc::CallbackServerContext* context, const candor::v1::ReadEntriesRequest* request) override;

 private:
  candor::LogService* const service_;
  ReadStreams* const streams_;
};

}  // namespace candor
