// SPDX-License-Identifier: Apache-2.0
#include "base/server_options.h"

#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/io.h"
#include "base/key_file.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr size_t kMaxCertificateBytes = 1024 * 1024;

absl::Status Invalid(std::string_view message) {
  return Refuse(absl::StatusCode::kInvalidArgument, "CONFIG_INVALID", message);
}

}  // namespace

void BindHttpLimits(ConfigSchema& schema, HttpLimits* limits) {
  schema
      .Int("http_max_connections", &limits->max_connections, 1, 1'000'000,
           "open HTTP connections; beyond, the one that has waited longest for its peer is closed")
      .Duration("http_read_timeout", &limits->read_timeout, absl::Milliseconds(10), absl::Hours(1),
                "how long a client may take to send one request; a body gets one second more per "
                "64 KiB")
      .Duration("http_write_timeout", &limits->write_timeout, absl::Milliseconds(10),
                absl::Hours(1), "how long a client may take to receive 256 KiB of an answer")
      .Duration("http_idle_timeout", &limits->idle_timeout, absl::Milliseconds(10), absl::Hours(24),
                "how long a connection may stay open between two requests");
}

void BindTlsFiles(ConfigSchema& schema, TlsFiles* files, std::string_view ports) {
  schema
      .String("tls_certificate", &files->certificate,
              absl::StrCat("PEM certificate chain; with it, and tls_key, ", std::string(ports),
                           " TLS only"))
      .String("tls_key", &files->key,
              "PEM private key of the certificate, readable by its owner only");
}

absl::Status CheckTlsFiles(const TlsFiles& files) {
  if (files.certificate.empty() == files.key.empty()) return absl::OkStatus();
  return Invalid("tls_certificate and tls_key go together: give both or neither");
}

absl::StatusOr<TlsIdentity> ReadTlsFiles(const TlsFiles& files) {
  TlsIdentity identity;
  if (!files.given()) return identity;
  CANDOR_ASSIGN_OR_RETURN(identity.certificate_pem,
                          ReadFileBounded(files.certificate, kMaxCertificateBytes));
  CANDOR_ASSIGN_OR_RETURN(identity.key_pem, ReadSecretFile(files.key));
  return identity;
}

absl::StatusOr<HostPort> ParseListenOption(std::string_view option, std::string_view text) {
  absl::StatusOr<HostPort> address = HostPort::Parse(text);
  if (address.ok()) return address;
  return Invalid(absl::StrCat(std::string(option), ": ", address.status().message()));
}

}  // namespace candor
