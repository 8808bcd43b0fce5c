// SPDX-License-Identifier: Apache-2.0
#include "log/service/http_service.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/gzip.h"
#include "base/http_fields.h"
#include "base/http_status.h"
#include "base/log.h"
#include "base/metrics.h"
#include "core/attest/dsse.h"
#include "core/crypto/hash.h"
#include "core/merkle/entry_bundle.h"
#include "core/merkle/tile.h"
#include "core/util/reason.h"

namespace candor {
namespace {

constexpr char kText[] = "text/plain; charset=utf-8";
constexpr char kBytes[] = "application/octet-stream";
constexpr char kImmutable[] = "public, max-age=31536000, immutable";
constexpr char kShortLived[] = "public, max-age=1";
constexpr char kNoStore[] = "no-store";
constexpr std::string_view kBundlePrefix = "tile/entries/";

HttpResponse NotFound(std::string_view reason, std::string_view message) {
  return ErrorResponse(Refuse(absl::StatusCode::kNotFound, reason, message));
}

// What is wrong on our side goes into our log; the response does not tell.
HttpResponse Failure(const absl::Status& status) {
  if (absl::IsInternal(status) || absl::IsDataLoss(status) || absl::IsUnknown(status)) {
    LogError("request failed", {{"error", status}});
  }
  return ErrorResponse(status);
}

bool IsBundle(std::string_view path) { return path.starts_with(kBundlePrefix); }

HttpResponse ImmutableResponse(const std::string& path, CachedBody body) {
  HttpResponse response;
  // Also of the answer that is not compressed, or a cache would take it for the only one.
  if (IsBundle(path)) response.headers.Set("Vary", "Accept-Encoding");
  response.headers.Set("Content-Type", kBytes);
  response.headers.Set("Cache-Control", kImmutable);
  response.headers.Set("ETag", absl::StrCat("\"", path, "\""));
  response.body = std::move(body.plain);
  response.gzip_body = std::move(body.gzip);
  return response;
}

HttpResponse TextResponse(int status, std::string text) {
  HttpResponse response = HttpResponse::Make(status, kText, std::move(text));
  response.headers.Set("Cache-Control", kNoStore);
  return response;
}

}  // namespace

HttpService::HttpService(LogService* service, HttpServiceOptions options)
    : service_(service), options_(options), cache_(options.cache_bytes) {
  router_.Add("GET", "/checkpoint",
              [this](const HttpRequest&, const HttpResponder& respond) { GetCheckpoint(respond); });
  router_.Add("GET", "/tile/*", [this](const HttpRequest& request, const HttpResponder& respond) {
    GetTile(request, respond);
  });
  router_.Add("POST", "/add", {.max_body_bytes = kMaxEnvelopeBytes},
              [this](HttpRequest request, const HttpResponder& respond) {
                PostAdd(std::move(request), respond);
              });
  router_.Add("GET", "/healthz", [](const HttpRequest&, const HttpResponder& respond) {
    respond(TextResponse(200, "ok\n"));
  });
  router_.Add("GET", "/readyz",
              [this](const HttpRequest&, const HttpResponder& respond) { GetReady(respond); });
  router_.Add("GET", "/metrics",
              [this](const HttpRequest&, const HttpResponder& respond) { GetMetrics(respond); });
}

void HttpService::GetCheckpoint(const HttpResponder& respond) const {
  const auto published = service_->queries().checkpoint();
  if (!published.ok()) {
    respond(Failure(published.status()));
    return;
  }
  HttpResponse response;
  response.headers.Set("Content-Type", kText);
  response.headers.Set("Cache-Control", kShortLived);
  response.headers.Set("ETag", absl::StrCat("\"", Sha256((*published)->note).hex(), "\""));
  // The body lives as long as its checkpoint.
  response.body = std::shared_ptr<const std::string>(*published, &(*published)->note);
  respond(std::move(response));
}

void HttpService::GetTile(const HttpRequest& request, const HttpResponder& respond) {
  std::string path = request.path.substr(1);
  if (IsBundle(path)) {
    const absl::StatusOr<EntryBundleId> bundle = ParseEntryBundlePath(path);
    if (!bundle.ok()) {
      respond(NotFound(ReasonOf(bundle.status()), "there is no such entry bundle path"));
      return;
    }
    const bool gzip = PrefersGzip(request.headers.GetJoined("Accept-Encoding"));
    ServeImmutable(std::move(path), gzip, respond,
                   [this, id = *bundle] { return service_->queries().ReadEntryBundle(id); });
    return;
  }
  const absl::StatusOr<TileId> tile = ParseTilePath(path);
  if (!tile.ok()) {
    respond(NotFound(ReasonOf(tile.status()), "there is no such tile path"));
    return;
  }
  // Hashes do not compress.
  ServeImmutable(std::move(path), false, respond,
                 [this, id = *tile] { return service_->queries().ReadTile(id); });
}

void HttpService::ServeImmutable(std::string path, bool gzip, const HttpResponder& respond,
                                 Read read) {
  CachedBody cached = cache_.Get(path);
  if (cached.plain != nullptr && (!gzip || cached.gzip != nullptr)) {
    respond(ImmutableResponse(path, std::move(cached)));
    return;
  }
  const absl::Status scheduled = service_->RunRead(
      [this, path = std::move(path), gzip, respond, read = std::move(read), cached]() mutable {
        if (const absl::Status stopped = service_->CheckReads(); !stopped.ok()) {
          respond(Failure(stopped));
          return;
        }
        if (cached.plain == nullptr) {
          absl::StatusOr<std::string> bytes = read();
          if (!bytes.ok()) {
            respond(Failure(bytes.status()));
            return;
          }
          cached.plain = std::make_shared<const std::string>(*std::move(bytes));
        }
        if (gzip) {
          cached.gzip =
              std::make_shared<const std::string>(GzipCompress(*cached.plain, options_.gzip_level));
        }
        cache_.Put(path, cached);
        respond(ImmutableResponse(path, std::move(cached)));
      });
  if (!scheduled.ok()) respond(Failure(scheduled));
}

void HttpService::PostAdd(HttpRequest request, const HttpResponder& respond) {
  AddSubmission submission;
  submission.wait_published = true;
  if (!request.query.empty()) {
    const std::optional<std::string> key = request.QueryParameter("key");
    const absl::StatusOr<Hash> hash = Hash::FromHex(key.value_or(""));
    if (!hash.ok()) {
      respond(ErrorResponse(
          Refuse(absl::StatusCode::kInvalidArgument, "KEY_HINT_INVALID",
                 "the query may hold only key=<64 lower-case hex digits>, a key hash")));
      return;
    }
    submission.key_hints.push_back({*hash});
  }
  submission.envelope = std::move(request.body);
  service_->Add(std::move(submission), [respond](absl::StatusOr<AddAnswer> answer) {
    if (!answer.ok()) {
      respond(Failure(answer.status()));
      return;
    }
    respond(TextResponse(200, std::move(answer->tlog_proof)));
  });
}

void HttpService::GetReady(const HttpResponder& respond) const {
  const Readiness readiness = service_->CheckReadiness();
  const PublisherHealth& publisher = readiness.publisher;
  std::string text =
      readiness.ready ? "ready\n" : absl::StrCat("not ready: ", readiness.problem, "\n");
  absl::StrAppend(&text, "sequenced ", publisher.sequenced_size, " entries, signed ",
                  publisher.signed_size, ", published ", publisher.published_size, "\n");
  if (publisher.published_size > 0) {
    absl::StrAppend(&text, "last published ",
                    absl::ToInt64Seconds(service_->clock().Now() - publisher.published_at),
                    " seconds ago\n");
  }
  for (const WitnessHealth& witness : publisher.witnesses) {
    const std::string_view state = WitnessStateName(witness.state);
    absl::StrAppend(&text, "witness ", witness.name, ": ", std::string(state),
                    witness.error.empty() ? "" : ", ", witness.error, "\n");
  }
  respond(TextResponse(readiness.ready ? 200 : 503, std::move(text)));
}

void HttpService::GetMetrics(const HttpResponder& respond) const {
  HttpResponse response = HttpResponse::Make(200, kMetricsContentType, service_->ExposeMetrics());
  response.headers.Set("Cache-Control", kNoStore);
  respond(std::move(response));
}

}  // namespace candor
