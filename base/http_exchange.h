// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "base/http_types.h"
#include "base/mutex.h"

namespace candor {

// The responder for a handler: `answer` is called for the first call, on the thread that makes it;
// dropping all copies without a call answers 500.
HttpResponder MakeResponder(std::function<void(HttpResponse)> answer);

// One request's answer on its way from any thread to the connection that waits for it. It knows
// nothing about the server, so a handler may answer after the server is gone. Thread-safe.
class HttpExchange : public std::enable_shared_from_this<HttpExchange> {
 public:
  HttpResponder MakeResponder();

  // The answer, once, if it is there. Otherwise `wake`, unless null, is kept and called once, under
  // the lock and from the answering thread, when it comes: it must not block and must not call
  // back.
  std::optional<HttpResponse> TakeOrWake(std::function<void()> wake);

  // After this returns, `wake` is not called any more.
  void Abandon();

 private:
  void Answer(HttpResponse response);

  Mutex mutex_;
  bool answered_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<HttpResponse> response_ ABSL_GUARDED_BY(mutex_);
  std::function<void()> wake_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace candor
