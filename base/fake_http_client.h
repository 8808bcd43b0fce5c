// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/http_client.h"
#include "base/http_types.h"
#include "base/mutex.h"
#include "base/url.h"

namespace candor {

// An HttpClient without a network: calls HttpHandlers directly, on the caller's thread, with the
// same finishing (HEAD, ranges, ETag) and limits as the real server. Unknown hosts are UNAVAILABLE
// with reason CONNECT_FAILED. Thread-safe.
class FakeHttpClient final : public HttpClient {
 public:
  // Serves "http://host[:port]" (scheme and authority as in Url::ToString, no path) by `handler`,
  // which must outlive this. Replaces an earlier one; nullptr removes it.
  void Serve(std::string authority, HttpHandler* handler);
  // Every request to `authority` fails with `status` without reaching its handler; OK ends that.
  void FailWith(std::string authority, absl::Status status);

  void FetchAsync(HttpRequestSpec spec, Callback done) override;

  // "METHOD url" of all requests so far.
  std::vector<std::string> requests() const;

 private:
  absl::StatusOr<HttpHandler*> Find(const HttpRequestSpec& spec, const Url& url);

  mutable Mutex mutex_;
  std::map<std::string, HttpHandler*> handlers_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, absl::Status> failures_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> requests_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace candor
