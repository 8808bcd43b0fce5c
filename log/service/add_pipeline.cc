// SPDX-License-Identifier: Apache-2.0
#include "log/service/add_pipeline.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/http_status.h"
#include "core/attest/dsse.h"
#include "core/attest/entry.h"
#include "core/attest/registry.h"
#include "core/attest/submission_policy.h"
#include "core/util/error_metadata.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"
#include "log/service/tlog_proof_builder.h"

namespace candor {
namespace {

size_t SizeOf(const AddSubmission& submission) {
  if (const auto* json = std::get_if<std::string>(&submission.envelope)) return json->size();
  const auto& envelope = std::get<DsseEnvelope>(submission.envelope);
  size_t size = envelope.payload_type.size() + envelope.payload.size();
  for (const DsseSignature& signature : envelope.signatures) {
    size += signature.keyid.size() + signature.signature.size();
  }
  return size;
}

absl::Status CheckSize(const AddSubmission& submission) {
  const size_t size = SizeOf(submission);
  if (size <= kMaxEnvelopeBytes) return absl::OkStatus();
  return Refuse(
      absl::StatusCode::kInvalidArgument, "ENVELOPE_TOO_LARGE",
      absl::StrCat("the envelope has ", size, " bytes; at most ", kMaxEnvelopeBytes, " are taken"));
}

absl::Status NotYetPublished(const AddResult& result) {
  absl::Status status =
      Refuse(absl::StatusCode::kUnavailable, "NOT_YET_PUBLISHED",
             absl::StrCat("the entry is logged at index ", result.index,
                          ", and no checkpoint that covers it is witnessed yet; submit the "
                          "same envelope again for the proof: a retry is safe"));
  status = WithMetadata(std::move(status), "index", absl::StrCat(result.index));
  status = WithMetadata(std::move(status), "leafHash", result.leaf_hash.hex());
  return WithMetadata(std::move(status), "statementId", result.statement_id.hex());
}

// The participants whose signatures the entry would bring to the log. None for a retry of what is
// logged, and none for keys that the entry itself enrols.
absl::StatusOr<std::set<std::string>> Bringers(const Resolution& resolution,
                                               const RegistryReader& registry) {
  CANDOR_ASSIGN_OR_RETURN(const std::vector<LoggedKey> logged,
                          registry.FindLogged(resolution.content.statement_id));
  std::set<std::string> participants;
  for (const EntrySignature& signature : resolution.entry->signatures()) {
    const auto is_it = [&](const LoggedKey& one) { return one.key == signature.key; };
    if (std::any_of(logged.begin(), logged.end(), is_it)) continue;
    CANDOR_ASSIGN_OR_RETURN(std::optional<KeyRecord> key, registry.FindKey(signature.key));
    if (key.has_value() && !key->participant.empty()) {
      participants.insert(std::move(key->participant));
    }
  }
  return participants;
}

}  // namespace

// One call and what it holds while it is under way.
struct AddPipeline::Work {
  AddSubmission submission;
  size_t bytes = 0;
  absl::Time started;
  absl::Time deadline;
  bool wait_published = false;
  VerificationToken token;
  std::set<std::string> charged;  // participants
  std::shared_ptr<AddCall> call;
};

struct AddPipeline::Meters {
  explicit Meters(MetricsRegistry& registry)
      : added(Count(registry, "added")),
        duplicate(Count(registry, "duplicate")),
        refused(Count(registry, "refused")),
        failed(Count(registry, "failed")),
        rate_limited(Count(registry, "rate_limited")),
        sequenced_seconds(Seconds(registry, "sequenced")),
        published_seconds(Seconds(registry, "published")) {}

  static Counter& Count(MetricsRegistry& registry, const char* result) {
    return registry.AddCounter("candor_adds_total", "Submissions, by what became of them",
                               {{"result", result}});
  }
  static Histogram& Seconds(MetricsRegistry& registry, const char* until) {
    return registry.AddHistogram("candor_add_seconds", "Time of an accepted submission",
                                 LatencyBuckets(), {{"until", until}});
  }

  Counter& added;
  Counter& duplicate;
  Counter& refused;
  Counter& failed;
  Counter& rate_limited;
  Histogram& sequenced_seconds;
  Histogram& published_seconds;
};

AddPipeline::AddPipeline(AddPipelineOptions options, AddPipelineDependencies dependencies)
    : options_(options),
      dependencies_(dependencies),
      limiter_(options.participant_limit, dependencies.clock),
      verifiers_(options.verification_threads, options.max_queued),
      answerers_(options.verification_threads, options.max_in_flight) {
  if (dependencies.metrics != nullptr) meters_ = std::make_unique<Meters>(*dependencies.metrics);
}

AddPipeline::~AddPipeline() {
  verifiers_.Shutdown();
  answerers_.Shutdown();
}

std::shared_ptr<AddCall> AddPipeline::Add(AddSubmission submission, AddDone done) {
  auto work = std::make_shared<Work>();
  work->call =
      std::make_shared<AddCall>([this, done = std::move(done)](absl::StatusOr<AddAnswer> answer) {
        --in_flight_;
        CountFailure(answer.status());
        done(std::move(answer));
      });
  work->bytes = SizeOf(submission);
  work->started = dependencies_.clock->Now();
  work->deadline = std::min(submission.deadline, work->started + options_.request_deadline);
  work->wait_published = submission.wait_published;
  work->submission = std::move(submission);

  ++in_flight_;
  queued_bytes_ += work->bytes;
  absl::Status admitted = CheckCapacity(*work);
  if (admitted.ok()) {
    work->token = dependencies_.sequencer->BeginVerification();
    admitted = verifiers_.Schedule([this, work] { Verify(work); });
    if (absl::IsResourceExhausted(admitted)) {
      admitted = WithRetryAfter(std::move(admitted), options_.retry_delay);
    }
  }
  if (!admitted.ok()) {
    work->token.Release();
    queued_bytes_ -= work->bytes;
    work->call->Finish(std::move(admitted));
  }
  return work->call;
}

absl::Status AddPipeline::CheckCapacity(const Work& work) {
  if (draining_) {
    return Refuse(absl::StatusCode::kUnavailable, "SHUTTING_DOWN",
                  "the log is shutting down; submit again later");
  }
  CANDOR_RETURN_IF_ERROR(CheckSize(work.submission));
  if (in_flight_ > options_.max_in_flight || queued_bytes_ > options_.max_queued_bytes) {
    return WithRetryAfter(
        Refuse(absl::StatusCode::kResourceExhausted, "QUEUE_FULL",
               "too many submissions are under way; nothing was logged, submit again later"),
        options_.retry_delay);
  }
  return dependencies_.sequencer->CheckCapacity();
}

void AddPipeline::Verify(const std::shared_ptr<Work>& work) {
  queued_bytes_ -= work->bytes;
  if (work->call->cancelled()) {
    work->token.Release();
    work->call->Finish(
        Refuse(absl::StatusCode::kCancelled, "CANCELLED",
               "the caller went away before verification; nothing was logged, submit again"));
    return;
  }
  if (dependencies_.clock->Now() >= work->deadline) {
    work->token.Release();
    work->call->Finish(
        Refuse(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED",
               "the deadline passed before verification; nothing was logged, submit again"));
    return;
  }
  absl::StatusOr<Resolution> resolution = ResolveSubmission(std::move(work->submission));
  if (resolution.ok()) {
    absl::Status charged = Charge(*resolution, *work);
    if (!charged.ok()) resolution = std::move(charged);
  }
  if (!resolution.ok()) {
    work->token.Release();
    work->call->Finish(std::move(resolution).status());
    return;
  }
  dependencies_.sequencer->Add(
      *std::move(resolution),
      [this, work](absl::StatusOr<AddResult> result) { Sequenced(work, std::move(result)); });
  work->token.Release();
}

absl::StatusOr<Resolution> AddPipeline::ResolveSubmission(AddSubmission submission) {
  DsseEnvelope envelope;
  if (const auto* json = std::get_if<std::string>(&submission.envelope)) {
    CANDOR_ASSIGN_OR_RETURN(envelope, ParseEnvelope(*json));
  } else {
    envelope = std::get<DsseEnvelope>(std::move(submission.envelope));
    // The same bounds as for the document: what can not be written as JSON is not taken.
    CANDOR_RETURN_IF_ERROR(FormatEnvelope(envelope).status());
  }
  CANDOR_ASSIGN_OR_RETURN(
      Resolution resolution,
      Resolve(envelope, *dependencies_.sequencer->registry(), submission.key_hints));
  if (resolution.entry.has_value()) {
    // Given only when it is no duplicate: a retry of what is logged is always answered.
    const absl::Status policy = CheckSubmission(resolution.content);
    if (!policy.ok()) {
      resolution.entry.reset();
      resolution.refusal = policy;
    }
  }
  return resolution;
}

absl::Status AddPipeline::Charge(const Resolution& resolution, Work& work) {
  if (options_.participant_limit.rate <= 0 || !resolution.entry.has_value()) {
    return absl::OkStatus();
  }
  CANDOR_ASSIGN_OR_RETURN(std::set<std::string> participants,
                          Bringers(resolution, *dependencies_.sequencer->registry()));
  CANDOR_RETURN_IF_ERROR(limiter_.Take(participants));
  work.charged = std::move(participants);
  return absl::OkStatus();
}

void AddPipeline::Sequenced(const std::shared_ptr<Work>& work, absl::StatusOr<AddResult> result) {
  // Also a retry that overtook the commit of what it repeats costs nothing.
  if (!result.ok() || result->duplicate) limiter_.GiveBack(work->charged);
  if (!result.ok()) {
    work->call->Finish(std::move(result).status());
    return;
  }
  if (meters_ != nullptr) {
    (result->duplicate ? meters_->duplicate : meters_->added).Increment();
    meters_->sequenced_seconds.Observe(
        absl::ToDoubleSeconds(dependencies_.clock->Now() - work->started));
  }
  if (!work->wait_published) {
    work->call->Finish(AddAnswer{*result, ""});
    return;
  }
  const uint64_t wait_id = dependencies_.publisher->WaitPublished(
      result->index, work->deadline,
      [this, work, answer = *result](PublishWaiters::Result published) {
        // The proof is read from the store: not on the publisher's thread.
        const absl::Status scheduled =
            answerers_.Schedule([this, work, answer, published = std::move(published)]() mutable {
              Published(work, answer, std::move(published));
            });
        if (!scheduled.ok()) work->call->Finish(scheduled);
      });
  work->call->Waits(dependencies_.publisher, wait_id);
}

void AddPipeline::Published(const std::shared_ptr<Work>& work, const AddResult& result,
                            PublishWaiters::Result published) {
  if (!published.ok()) {
    if (!absl::IsDeadlineExceeded(published.status())) {
      work->call->Finish(std::move(published).status());
      return;
    }
    work->call->Finish(WithRetryAfter(NotYetPublished(result), options_.retry_delay));
    return;
  }
  absl::StatusOr<std::string> proof =
      BuildTlogProof(*dependencies_.reader, result.index, **published);
  if (!proof.ok()) {
    work->call->Finish(std::move(proof).status());
    return;
  }
  if (meters_ != nullptr) {
    meters_->published_seconds.Observe(
        absl::ToDoubleSeconds(dependencies_.clock->Now() - work->started));
  }
  work->call->Finish(AddAnswer{result, *std::move(proof)});
}

void AddPipeline::CountFailure(const absl::Status& status) {
  if (meters_ == nullptr || status.ok()) return;
  if (ReasonOf(status) == kParticipantRateLimit) {
    meters_->rate_limited.Increment();
    return;
  }
  const bool refused = absl::IsInvalidArgument(status) || absl::IsPermissionDenied(status) ||
                       absl::IsAlreadyExists(status) || absl::IsUnimplemented(status);
  (refused ? meters_->refused : meters_->failed).Increment();
}

}  // namespace candor
