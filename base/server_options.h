// SPDX-License-Identifier: Apache-2.0
//
// The options that every server has for its ports.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/config.h"
#include "base/url.h"
#include "core/crypto/secret_string.h"

namespace candor {

// Paths; both or neither.
struct TlsFiles {
  std::string certificate;
  std::string key;

  bool given() const { return !certificate.empty(); }
};

// What the files hold.
struct TlsIdentity {
  std::string certificate_pem;  // a chain, leaf first
  SecretString key_pem;
};

// What slow and silent peers of an HTTP port may take; see HttpServerOptions, whose defaults these
// are.
struct HttpLimits {
  int64_t max_connections = 1024;
  absl::Duration read_timeout = absl::Seconds(30);
  absl::Duration write_timeout = absl::Seconds(60);
  absl::Duration idle_timeout = absl::Seconds(60);
};

// Adds http_max_connections and the three timeouts, bound to `limits`, which must outlive the
// schema.
void BindHttpLimits(ConfigSchema& schema, HttpLimits* limits);

// Adds tls_certificate and tls_key, bound to `files`, which must outlive the schema. `ports` begins
// the sentence that says what they do: "the port speaks".
void BindTlsFiles(ConfigSchema& schema, TlsFiles* files, std::string_view ports);
// INVALID_ARGUMENT (reason CONFIG_INVALID) when only one is given.
absl::Status CheckTlsFiles(const TlsFiles& files);
// Both files' content, or two empty strings when they are not given. PERMISSION_DENIED (reason
// KEY_FILE_NOT_PRIVATE) when others may read the key. Whether they fit is the server's to say.
absl::StatusOr<TlsIdentity> ReadTlsFiles(const TlsFiles& files);

// The address that `option` names. INVALID_ARGUMENT (reason CONFIG_INVALID), naming the option.
absl::StatusOr<HostPort> ParseListenOption(std::string_view option, std::string_view text);

}  // namespace candor
