// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/http_client.h"
#include "client/log_client.h"

namespace candor {

// A log over HTTP: POST /add, GET /checkpoint and entry bundles below a URL prefix.
class HttpLogClient final : public LogClient {
 public:
  // `http` must outlive this.
  HttpLogClient(std::string prefix_url, HttpClient* http);
  // The same with a client of its own.
  HttpLogClient(std::string prefix_url, std::unique_ptr<HttpClient> http);

  absl::StatusOr<std::string> Add(std::string_view envelope_json, absl::Duration timeout) override;
  absl::StatusOr<std::string> GetCheckpoint(absl::Duration timeout) override;
  absl::StatusOr<std::string> GetEntry(uint64_t index, absl::Duration timeout) override;
  std::string_view url() const override { return prefix_url_; }

 private:
  const std::string prefix_url_;
  const std::unique_ptr<HttpClient> owned_http_;
  HttpClient* const http_;
};

}  // namespace candor
