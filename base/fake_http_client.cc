// SPDX-License-Identifier: Apache-2.0
#include "base/fake_http_client.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/http_client_wire.h"
#include "base/http_exchange.h"
#include "base/http_finish.h"
#include "base/http_status.h"
#include "base/url.h"
#include "core/util/reason.h"

namespace candor {
namespace {

constexpr size_t kDefaultBodyLimit = 128 * 1024;

// As it would arrive after a trip over the network.
absl::StatusOr<HttpResponse> Deliver(const HttpRequestSpec& spec, const Url& url,
                                     const HttpRequest& request, HttpResponse response) {
  FinishedResponse finished = FinishResponse(request, std::move(response));
  if (finished.length > spec.max_response_bytes) {
    return ResponseTooLarge(url, spec.max_response_bytes);
  }
  HttpResponse delivered;
  delivered.status = finished.status;
  delivered.headers = std::move(finished.headers);
  delivered.body =
      std::make_shared<const std::string>(finished.body->substr(finished.offset, finished.length));
  return DecodeContent(spec, std::move(delivered));
}

HttpRequest ToRequest(const HttpRequestSpec& spec, const Url& url) {
  HttpRequest request;
  request.method = spec.method;
  request.path = url.path;
  request.query = url.query;
  request.headers = spec.headers;
  request.headers.Set("Host", url.HostHeader());
  if (!request.headers.Has("Accept-Encoding")) {
    request.headers.Set("Accept-Encoding", "gzip, identity");
  }
  request.body = spec.body;
  request.peer = "127.0.0.1";
  return request;
}

}  // namespace

void FakeHttpClient::Serve(std::string authority, HttpHandler* handler) {
  MutexLock lock(&mutex_);
  handlers_[std::move(authority)] = handler;
}

void FakeHttpClient::FailWith(std::string authority, absl::Status status) {
  MutexLock lock(&mutex_);
  failures_[std::move(authority)] = std::move(status);
}

std::vector<std::string> FakeHttpClient::requests() const {
  MutexLock lock(&mutex_);
  return requests_;
}

absl::StatusOr<HttpHandler*> FakeHttpClient::Find(const HttpRequestSpec& spec, const Url& url) {
  const std::string authority = absl::StrCat(url.scheme, "://", url.HostHeader());
  MutexLock lock(&mutex_);
  requests_.push_back(absl::StrCat(spec.method, " ", spec.url));
  const auto failure = failures_.find(authority);
  if (failure != failures_.end() && !failure->second.ok()) return failure->second;
  const auto handler = handlers_.find(authority);
  if (handler != handlers_.end() && handler->second != nullptr) return handler->second;
  return Refuse(absl::StatusCode::kUnavailable, "CONNECT_FAILED",
                absl::StrCat("cannot connect to ", url.host, " port ", url.port,
                             ": nothing is served there"));
}

void FakeHttpClient::FetchAsync(HttpRequestSpec spec, Callback done) {
  absl::StatusOr<Url> url = Url::Parse(spec.url);
  if (!url.ok()) return done(url.status());
  const absl::Status usable = CheckRequestSpec(spec);
  if (!usable.ok()) return done(usable);
  absl::StatusOr<HttpHandler*> handler = Find(spec, *url);
  if (!handler.ok()) return done(handler.status());
  HttpRequest request = ToRequest(spec, *url);
  const size_t limit =
      (*handler)->MaxBodyBytes(request.method, request.path).value_or(kDefaultBodyLimit);
  const auto respond = [spec, url = *url, request, done](HttpResponse response) {
    done(Deliver(spec, url, request, std::move(response)));
  };
  if (request.body.size() > limit) {
    return respond(ErrorResponse(
        413, Refuse(absl::StatusCode::kInvalidArgument, "BODY_TOO_LARGE",
                    absl::StrCat("the request body is larger than ", limit, " bytes"))));
  }
  (*handler)->Handle(std::move(request), MakeResponder(respond));
}

}  // namespace candor
