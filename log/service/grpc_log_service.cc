// SPDX-License-Identifier: Apache-2.0
#include "log/service/grpc_log_service.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/http_status.h"
#include "base/mutex.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"
#include "log/service/grpc_status.h"
#include "log/service/wire.h"

namespace candor {
namespace {

constexpr uint64_t kMaxEntriesInMessage = 1024;
// Each stream holds one message, twice: as entries and as bytes.
constexpr size_t kMaxBytesInMessage = size_t{256} << 10;

absl::Status TooManyReaders() {
  return WithRetryAfter(Refuse(absl::StatusCode::kResourceExhausted, "QUEUE_FULL",
                               "too many streams are being read at the moment; try again later"),
                        absl::Seconds(1));
}

absl::Status CallerGone() { return absl::CancelledError("the caller went away"); }

// Ties a call's cancellation to its submission, whichever comes first. Thread-safe.
class CancelLink {
 public:
  void Set(std::shared_ptr<AddCall> call) {
    MutexLock lock(&mutex_);
    call_ = std::move(call);
    if (cancelled_) call_->Cancel();
  }
  void Cancel() {
    std::shared_ptr<AddCall> call;
    {
      MutexLock lock(&mutex_);
      cancelled_ = true;
      call = call_;
    }
    if (call != nullptr) call->Cancel();
  }

 private:
  Mutex mutex_;
  std::shared_ptr<AddCall> call_ ABSL_GUARDED_BY(mutex_);
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
};

// One AddEntry. Lives until gRPC is done with it.
class AddReactor final : public grpc::ServerUnaryReactor {
 public:
  explicit AddReactor(candor::v1::AddEntryResponse* response)
      : response_(response), link_(std::make_shared<CancelLink>()) {}

  // The answer may come, and end this, before it returns.
  void Start(LogService* service, absl::StatusOr<AddSubmission> submission) {
    if (!submission.ok()) {
      Finish(ToGrpcStatus(submission.status()));
      return;
    }
    const std::shared_ptr<CancelLink> link = link_;
    link->Set(service->Add(*std::move(submission), [this](absl::StatusOr<AddAnswer> answer) {
      if (answer.ok()) AnswerToWire(*answer, *response_);
      Finish(ToGrpcStatus(answer.status()));
    }));
  }

  void OnCancel() override { link_->Cancel(); }
  void OnDone() override { delete this; }

 private:
  candor::v1::AddEntryResponse* const response_;
  const std::shared_ptr<CancelLink> link_;
};

// One ReadEntries: one message is read and written at a time, so a slow reader holds no thread and
// no more than one message, for only so long. Lives until gRPC is done with it.
class ReadEntriesReactor final : public grpc::ServerWriteReactor<candor::v1::ReadEntriesResponse> {
 public:
  ReadEntriesReactor(LogService* service, ReadStreams* streams,
                     const candor::v1::ReadEntriesRequest& request)
      : service_(service), streams_(streams), next_(request.start()), limit_(request.limit()) {}

  void Start(grpc::CallbackServerContext* context) {
    stream_ = streams_->Open([context] { context->TryCancel(); });
    if (stream_ == nullptr) {
      Finish(ToGrpcStatus(TooManyReaders()));
      return;
    }
    Schedule([this] {
      const absl::StatusOr<RangeBounds> bounds = service_->queries().BoundsOfRange(next_, limit_);
      if (!bounds.ok()) {
        Finish(ToGrpcStatus(bounds.status()));
        return;
      }
      bounds_ = *bounds;
      WriteNext();
    });
  }

  void OnWriteDone(bool ok) override {
    stream_->Works();
    if (!ok) {
      Finish(ToGrpcStatus(CallerGone()));
    } else if (next_ == bounds_.end) {
      Finish(grpc::Status::OK);
    } else {
      Schedule([this] { WriteNext(); });
    }
  }
  void OnCancel() override { cancelled_ = true; }
  void OnDone() override {
    if (stream_ != nullptr) streams_->Close(stream_);
    delete this;
  }

 private:
  void Schedule(std::function<void()> work) {
    const absl::Status scheduled = service_->RunRead(std::move(work));
    if (!scheduled.ok()) Finish(ToGrpcStatus(scheduled));
  }

  void WriteNext() {
    if (cancelled_) {
      Finish(ToGrpcStatus(CallerGone()));
      return;
    }
    if (next_ == bounds_.end) {
      Finish(grpc::Status::OK);
      return;
    }
    const uint64_t end = std::min(bounds_.end, next_ + kMaxEntriesInMessage);
    auto entries = service_->queries().ReadEntries(next_, end, kMaxBytesInMessage);
    if (!entries.ok()) {
      Finish(ToGrpcStatus(entries.status()));
      return;
    }
    response_.Clear();
    response_.set_start(next_);
    response_.set_tree_size(bounds_.tree_size);
    for (std::string& entry : *entries) response_.add_entries(std::move(entry));
    next_ += entries->size();
    stream_->WaitsForReader(absl::Now());
    StartWrite(&response_);
  }

  LogService* const service_;
  ReadStreams* const streams_;
  std::shared_ptr<ReadStream> stream_;
  // The calls of one stream follow one another; gRPC and the read pool order them.
  uint64_t next_;
  const uint64_t limit_;
  RangeBounds bounds_;
  candor::v1::ReadEntriesResponse response_;
  std::atomic<bool> cancelled_ = false;
};

// Runs `read` where it may block on the store, and finishes the call with what it answers.
template <typename Read>
grpc::ServerUnaryReactor* RunUnary(LogService* service, grpc::CallbackServerContext* context,
                                   Read read) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  const absl::Status scheduled = service->RunRead([context, reactor, read = std::move(read)] {
    reactor->Finish(ToGrpcStatus(context->IsCancelled() ? CallerGone() : read()));
  });
  if (!scheduled.ok()) reactor->Finish(ToGrpcStatus(scheduled));
  return reactor;
}

}  // namespace

grpc::ServerUnaryReactor* GrpcLogService::AddEntry(grpc::CallbackServerContext* context,
                                                   const candor::v1::AddEntryRequest* request,
                                                   candor::v1::AddEntryResponse* response) {
  absl::StatusOr<AddSubmission> submission = SubmissionFromWire(*request);
  if (submission.ok()) submission->deadline = absl::FromChrono(context->deadline());
  auto* reactor = new AddReactor(response);
  reactor->Start(service_, std::move(submission));
  return reactor;
}

grpc::ServerUnaryReactor* GrpcLogService::GetCheckpoint(
    grpc::CallbackServerContext* context, const candor::v1::GetCheckpointRequest* /*request*/,
    candor::v1::GetCheckpointResponse* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  const auto published = service_->queries().checkpoint();
  if (published.ok()) response->set_checkpoint((*published)->note);
  reactor->Finish(ToGrpcStatus(published.status()));
  return reactor;
}

grpc::ServerUnaryReactor* GrpcLogService::GetInclusionProof(
    grpc::CallbackServerContext* context, const candor::v1::GetInclusionProofRequest* request,
    candor::v1::GetInclusionProofResponse* response) {
  return RunUnary(service_, context, [this, request, response]() -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const EntrySelector selector, SelectorFromWire(*request));
    CANDOR_ASSIGN_OR_RETURN(InclusionAnswer answer,
                            service_->queries().GetInclusionProof(selector, request->tree_size()));
    InclusionToWire(std::move(answer), *response);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* GrpcLogService::GetConsistencyProof(
    grpc::CallbackServerContext* context, const candor::v1::GetConsistencyProofRequest* request,
    candor::v1::GetConsistencyProofResponse* response) {
  return RunUnary(service_, context, [this, request, response]() -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(
        const ConsistencyAnswer answer,
        service_->queries().GetConsistencyProof(request->old_size(), request->new_size()));
    ConsistencyToWire(answer, *response);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* GrpcLogService::GetEntry(grpc::CallbackServerContext* context,
                                                   const candor::v1::GetEntryRequest* request,
                                                   candor::v1::GetEntryResponse* response) {
  return RunUnary(service_, context, [this, request, response]() -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const EntrySelector selector, SelectorFromWire(*request));
    CANDOR_ASSIGN_OR_RETURN(EntryAnswer answer, service_->queries().GetEntry(selector));
    response->set_index(answer.index);
    response->set_entry(std::move(answer.entry));
    return absl::OkStatus();
  });
}

grpc::ServerWriteReactor<candor::v1::ReadEntriesResponse>* GrpcLogService::ReadEntries(
    grpc::CallbackServerContext* context, const candor::v1::ReadEntriesRequest* request) {
  auto* reactor = new ReadEntriesReactor(service_, streams_, *request);
  reactor->Start(context);
  return reactor;
}

}  // namespace candor
