// SPDX-License-Identifier: Apache-2.0
#include "witness/service/http_service.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/http_status.h"
#include "base/log.h"
#include "core/crypto/hash.h"
#include "core/note/witness_request.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"

namespace candor {
namespace {

constexpr std::string_view kCheckpointSuffix = "/checkpoint";
constexpr char kNoteContentType[] = "text/plain; charset=utf-8";

// Everything that AddCheckpoint answers with; other numbers are counted as 500.
constexpr int kAnswers[] = {200, 400, 403, 404, 409, 422, 429, 500, 503};

// The origin hash in "/<64 hex digits>/checkpoint".
std::optional<Hash> OriginHashOf(std::string_view path) {
  if (!path.starts_with('/') || !path.ends_with(kCheckpointSuffix)) return std::nullopt;
  path.remove_prefix(1);
  path.remove_suffix(std::min(path.size(), kCheckpointSuffix.size()));
  const absl::StatusOr<Hash> hash = Hash::FromHex(path);
  return hash.ok() ? std::optional<Hash>(*hash) : std::nullopt;
}

// The standard's status for what the witness refuses.
int StatusOf(const absl::Status& status) {
  // A checkpoint that does not follow is 422 there; our mapping has no code of its own for it.
  return absl::IsFailedPrecondition(status) ? 422 : HttpStatusFromCode(status.code());
}

HttpResponse WithoutCache(HttpResponse response) {
  response.headers.Set("Cache-Control", "no-store");
  return response;
}

HttpResponse AnswerFor(const absl::StatusOr<AddCheckpointAnswer>& answer) {
  if (!answer.ok()) return ErrorResponse(StatusOf(answer.status()), answer.status());
  if (const auto* conflict = std::get_if<SizeConflict>(&*answer)) {
    return WithoutCache(
        HttpResponse::Make(409, kTreeSizeContentType, FormatTreeSizeBody(conflict->latest_size)));
  }
  const auto& cosignatures = std::get<std::vector<NoteSignature>>(*answer);
  return WithoutCache(
      HttpResponse::Make(200, kNoteContentType, FormatAddCheckpointResponse(cosignatures)));
}

}  // namespace

WitnessHttpService::WitnessHttpService(Witness* witness, const WitnessState* state,
                                       ThreadPool* pool, MetricsRegistry* metrics)
    : witness_(witness),
      state_(state),
      pool_(pool),
      metrics_(metrics),
      seconds_(&metrics->AddHistogram("candor_witness_add_checkpoint_seconds",
                                      "Time to answer add-checkpoint.", LatencyBuckets())) {
  for (const int code : kAnswers) {
    answers_[code] = &metrics->AddCounter("candor_witness_add_checkpoint_total",
                                          "Answers to add-checkpoint by HTTP status.",
                                          {{"status", absl::StrCat(code)}});
  }
  router_.Add("POST", "/add-checkpoint", {.max_body_bytes = kMaxAddCheckpointBytes},
              [this](HttpRequest request, const HttpResponder& respond) {
                Submit(std::move(request), respond);
              });
  router_.Add("GET", "/healthz", [](const HttpRequest&, const HttpResponder& respond) {
    respond(WithoutCache(HttpResponse::Text(200, "ok\n")));
  });
  router_.Add("GET", "/readyz",
              [this](const HttpRequest&, const HttpResponder& respond) { respond(Ready()); });
  router_.Add("GET", "/metrics", [this](const HttpRequest&, const HttpResponder& respond) {
    respond(WithoutCache(HttpResponse::Make(200, kMetricsContentType, metrics_->Expose())));
  });
  checkpoint_router_.Add("GET", "/*",
                         [this](const HttpRequest& request, const HttpResponder& respond) {
                           respond(GetCheckpoint(request.path));
                         });
}

void WitnessHttpService::Handle(HttpRequest request, HttpResponder respond) {
  HttpRouter& router = OriginHashOf(request.path) ? checkpoint_router_ : router_;
  router.Handle(std::move(request), std::move(respond));
}

std::optional<size_t> WitnessHttpService::MaxBodyBytes(std::string_view method,
                                                       std::string_view path) const {
  return router_.MaxBodyBytes(method, path);
}

void WitnessHttpService::Submit(HttpRequest request, const HttpResponder& respond) {
  const absl::Status status = pool_->Schedule(
      [this, body = std::move(request.body), respond] { respond(AddCheckpoint(body)); });
  if (status.ok()) return;
  HttpResponse refusal = ErrorResponse(status);
  Count(refusal.status);
  respond(std::move(refusal));
}

HttpResponse WitnessHttpService::AddCheckpoint(std::string_view body) {
  const auto start = std::chrono::steady_clock::now();
  const absl::StatusOr<AddCheckpointAnswer> answer = witness_->AddCheckpoint(body);
  HttpResponse response = AnswerFor(answer);
  Count(response.status);
  seconds_->Observe(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  if (response.status >= 500)
    LogError("a checkpoint was not cosigned", {{"error", answer.status()}});
  return response;
}

HttpResponse WitnessHttpService::GetCheckpoint(std::string_view path) const {
  const std::optional<Hash> origin_hash = OriginHashOf(path);
  const CosignedCheckpointPtr latest = origin_hash ? state_->Latest(*origin_hash) : nullptr;
  if (latest == nullptr) {
    return ErrorResponse(Refuse(absl::StatusCode::kNotFound, "CHECKPOINT_NOT_FOUND",
                                "this witness never cosigned a checkpoint of that log"));
  }
  HttpResponse response = HttpResponse::Make(200, kNoteContentType, latest->note());
  response.headers.Set("Cache-Control", "public, max-age=5");
  response.headers.Set("ETag", absl::StrCat("\"", Sha256(latest->note()).hex(), "\""));
  return response;
}

HttpResponse WitnessHttpService::Ready() const {
  const absl::Status health = state_->Health();
  if (!health.ok()) return ErrorResponse(503, health);
  return WithoutCache(HttpResponse::Text(200, "ready\n"));
}

void WitnessHttpService::Count(int status) {
  const auto found = answers_.find(status);
  (found == answers_.end() ? answers_.at(500) : found->second)->Increment();
}

}  // namespace candor
