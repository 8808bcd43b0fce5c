// SPDX-License-Identifier: Apache-2.0
#include "client/connect.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/http_client.h"
#include "base/url.h"
#include "client/grpc_log_client.h"
#include "client/http_log_client.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {

absl::StatusOr<std::unique_ptr<LogClient>> ConnectLog(std::string_view url,
                                                      std::string ca_certificates_pem) {
  if (absl::StartsWith(url, "grpc://") || absl::StartsWith(url, "grpcs://")) {
    return NewGrpcLogClient(std::string(url), {std::move(ca_certificates_pem)});
  }
  if (const absl::StatusOr<Url> parsed = Url::Parse(url); !parsed.ok()) {
    return Refuse(absl::StatusCode::kInvalidArgument, "LOG_URL_INVALID",
                  absl::StrCat("the log's URL must begin with http://, https://, grpc:// or "
                               "grpcs://: ",
                               parsed.status().message()));
  }
  HttpClientOptions options;
  options.ca_certificates_pem = std::move(ca_certificates_pem);
  CANDOR_ASSIGN_OR_RETURN(std::unique_ptr<HttpClient> http, NewHttpClient(std::move(options)));
  return std::make_unique<HttpLogClient>(std::string(url), std::move(http));
}

}  // namespace candor
