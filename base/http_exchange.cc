// SPDX-License-Identifier: Apache-2.0
#include "base/http_exchange.h"

#include <atomic>
#include <utility>

#include "absl/status/status.h"
#include "base/http_status.h"

namespace candor {
namespace {

// Shared by all copies of one responder.
class ResponderHandle {
 public:
  explicit ResponderHandle(std::function<void(HttpResponse)> answer) : answer_(std::move(answer)) {}
  ~ResponderHandle() { Answer(ErrorResponse(absl::InternalError("a handler gave no answer"))); }
  ResponderHandle(const ResponderHandle&) = delete;
  ResponderHandle& operator=(const ResponderHandle&) = delete;

  void Answer(HttpResponse response) {
    if (!answered_.exchange(true)) answer_(std::move(response));
  }

 private:
  const std::function<void(HttpResponse)> answer_;
  std::atomic<bool> answered_{false};
};

}  // namespace

HttpResponder MakeResponder(std::function<void(HttpResponse)> answer) {
  auto handle = std::make_shared<ResponderHandle>(std::move(answer));
  return [handle](HttpResponse response) { handle->Answer(std::move(response)); };
}

HttpResponder HttpExchange::MakeResponder() {
  return candor::MakeResponder(
      [self = shared_from_this()](HttpResponse response) { self->Answer(std::move(response)); });
}

std::optional<HttpResponse> HttpExchange::TakeOrWake(std::function<void()> wake) {
  MutexLock lock(&mutex_);
  std::optional<HttpResponse> response = std::exchange(response_, std::nullopt);
  if (!response.has_value() && !answered_ && wake) wake_ = std::move(wake);
  return response;
}

void HttpExchange::Abandon() {
  MutexLock lock(&mutex_);
  wake_ = nullptr;
}

void HttpExchange::Answer(HttpResponse response) {
  MutexLock lock(&mutex_);
  answered_ = true;
  response_ = std::move(response);
  if (wake_) std::exchange(wake_, nullptr)();
}

}  // namespace candor
