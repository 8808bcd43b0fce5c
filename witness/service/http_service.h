// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/http_router.h"
#include "base/http_types.h"
#include "base/metrics.h"
#include "base/thread_pool.h"
#include "witness/service/witness.h"
#include "witness/state/witness_state.h"

namespace candor {

// The witness over HTTP, exactly as C2SP tlog-witness says; submission and monitoring prefix are
// the same:
//   POST /add-checkpoint          200 400 403 404 409 422, and 413 429 500 503 of HTTP itself
//   GET  /<origin hash>/checkpoint 200 404
//   GET  /healthz                 200 while the process serves
//   GET  /readyz                  200 while it can cosign, else 503 with the reason
//   GET  /metrics                 Prometheus text
// Another method is 405, another path 404. Errors beyond the standard's bodies are JSON
// (http_status.h).
class WitnessHttpService final : public HttpHandler {
 public:
  // All must outlive this and every request: stop the server, then the pool, first. Submissions run
  // on `pool`, because they wait for the disk.
  WitnessHttpService(Witness* witness, const WitnessState* state, ThreadPool* pool,
                     MetricsRegistry* metrics);

  void Handle(HttpRequest request, HttpResponder respond) override;
  std::optional<size_t> MaxBodyBytes(std::string_view method, std::string_view path) const override;

  // The answer to POST /add-checkpoint, on the caller's thread.
  HttpResponse AddCheckpoint(std::string_view body);

 private:
  HttpResponse GetCheckpoint(std::string_view path) const;
  HttpResponse Ready() const;
  void Submit(HttpRequest request, const HttpResponder& respond);
  void Count(int status);

  Witness* const witness_;
  const WitnessState* const state_;
  ThreadPool* const pool_;
  MetricsRegistry* const metrics_;
  Histogram* const seconds_;
  std::map<int, Counter*> answers_;  // by status; never changed after construction
  HttpRouter router_;
  HttpRouter checkpoint_router_;  // for paths that have the form of a checkpoint's
};

}  // namespace candor
