// SPDX-License-Identifier: Apache-2.0
#include "base/http_client.h"

#include <utility>

#include "base/mutex.h"

namespace candor {
namespace {

// Shared with the callback, which may outlive the wait by a moment.
struct Waiter {
  Notification done;
  absl::StatusOr<HttpResponse> result = absl::UnknownError("no answer");
};

}  // namespace

absl::StatusOr<HttpResponse> HttpClient::Fetch(HttpRequestSpec spec) {
  auto waiter = std::make_shared<Waiter>();
  FetchAsync(std::move(spec), [waiter](absl::StatusOr<HttpResponse> result) {
    waiter->result = std::move(result);
    waiter->done.Notify();
  });
  waiter->done.Wait();
  return std::move(waiter->result);
}

}  // namespace candor
