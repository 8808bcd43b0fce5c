// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/load.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "base/mutex.h"
#include "core/crypto/hash.h"
#include "core/merkle/hasher.h"
#include "core/util/status_macros.h"
#include "proto/candor/v1/log.grpc.pb.h"

namespace candor {
namespace {

absl::Status FromGrpc(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

std::unique_ptr<v1::LogService::Stub> Connect(const std::string& target) {
  return v1::LogService::NewStub(grpc::CreateChannel(target, grpc::InsecureChannelCredentials()));
}

class Load {
 public:
  Load(const LoadOptions& options, const std::vector<std::string>& envelopes)
      : options_(options), envelopes_(envelopes), stub_(Connect(options.target)) {
    if (!options.acknowledged_file.empty()) {
      acknowledged_.open(options.acknowledged_file, std::ios::app);
    }
  }

  LoadResult Run() {
    const absl::Time start = absl::Now();
    const size_t first = std::min(options_.in_flight, envelopes_.size());
    for (size_t i = 0; i < first; ++i) Next();
    MutexLock lock(&mutex_);
    while (under_way_ > 0) idle_.Wait(&mutex_);
    result_.elapsed = absl::Now() - start;
    std::sort(result_.latencies.begin(), result_.latencies.end());
    return std::move(result_);
  }

 private:
  struct Call {
    grpc::ClientContext context;
    v1::AddEntryRequest request;
    v1::AddEntryResponse response;
    absl::Time start;
  };

  void Next() {
    auto call = std::make_shared<Call>();
    {
      MutexLock lock(&mutex_);
      if (next_ == envelopes_.size() || result_.failed > 0) return;
      call->request.set_envelope_json(envelopes_[next_++]);
      ++under_way_;
    }
    call->request.set_wait_for(options_.wait_for_published ? v1::WAIT_FOR_PUBLISHED
                                                           : v1::WAIT_FOR_SEQUENCED);
    call->start = absl::Now();
    stub_->async()->AddEntry(&call->context, &call->request, &call->response,
                             [this, call](const grpc::Status& status) {
                               Record(*call, status);
                               Next();
                               Finish();
                             });
  }

  void Record(const Call& call, const grpc::Status& status) {
    MutexLock lock(&mutex_);
    if (!status.ok()) {
      if (result_.failed++ == 0) result_.first_failure = FromGrpc(status);
      return;
    }
    ++result_.acknowledged;
    result_.latencies.push_back(absl::Now() - call.start);
    if (!acknowledged_.is_open()) return;
    const auto leaf = Hash::FromBytes(call.response.leaf_hash());
    acknowledged_ << call.response.index() << ' ' << (leaf.ok() ? leaf->hex() : "bad") << '\n'
                  << std::flush;
  }

  void Finish() {
    MutexLock lock(&mutex_);
    if (--under_way_ == 0) idle_.SignalAll();
  }

  const LoadOptions& options_;
  const std::vector<std::string>& envelopes_;
  const std::unique_ptr<v1::LogService::Stub> stub_;
  Mutex mutex_;
  CondVar idle_;
  size_t next_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t under_way_ ABSL_GUARDED_BY(mutex_) = 0;
  LoadResult result_ ABSL_GUARDED_BY(mutex_);
  std::ofstream acknowledged_ ABSL_GUARDED_BY(mutex_);
};

absl::Status CheckOne(v1::LogService::Stub& stub, uint64_t index, const std::string& leaf_hex) {
  grpc::ClientContext context;
  v1::GetEntryRequest request;
  v1::GetEntryResponse response;
  request.set_index(index);
  const grpc::Status status = stub.GetEntry(&context, request, &response);
  if (!status.ok()) {
    return absl::DataLossError(absl::StrCat(
        "entry ", index, " was acknowledged and is not served: ", status.error_message()));
  }
  if (LeafHash(response.entry()).hex() != leaf_hex) {
    return absl::DataLossError(
        absl::StrCat("entry ", index, " is not the one that was acknowledged"));
  }
  return absl::OkStatus();
}

}  // namespace

LoadResult RunLoad(const LoadOptions& options, const std::vector<std::string>& envelopes) {
  return Load(options, envelopes).Run();
}

absl::StatusOr<size_t> CheckAcknowledged(const std::string& target, const std::string& file) {
  std::ifstream in(file);
  if (!in) return absl::NotFoundError(absl::StrCat("cannot read ", file));
  const auto stub = Connect(target);
  size_t checked = 0;
  for (std::string line; std::getline(in, line);) {
    if (in.eof()) break;  // No newline: the writer was killed in the middle of it.
    const std::vector<std::string> fields = absl::StrSplit(line, ' ');
    uint64_t index = 0;
    if (fields.size() != 2 || !absl::SimpleAtoi(fields[0], &index)) {
      return absl::InvalidArgumentError(absl::StrCat(file, ": not an acknowledgement: ", line));
    }
    CANDOR_RETURN_IF_ERROR(CheckOne(*stub, index, fields[1]));
    ++checked;
  }
  return checked;
}

}  // namespace candor
