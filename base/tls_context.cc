// SPDX-License-Identifier: Apache-2.0
#include "base/tls_context.h"

#include <openssl/ssl.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "core/util/reason.h"

namespace candor {
namespace {

namespace ssl = boost::asio::ssl;

constexpr uint8_t kAlpn[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

// Where Linux distributions keep the roots that they trust.
constexpr const char* kSystemRoots[] = {
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
};

absl::Status TlsError(const char* message) {
  return Refuse(absl::StatusCode::kInvalidArgument, "TLS_CONFIG_INVALID", message);
}

boost::asio::const_buffer Buffer(std::string_view text) { return {text.data(), text.size()}; }

// Agrees on http/1.1 when the client offers it, and else goes on without an agreement.
int SelectAlpn(SSL*, const uint8_t** out, uint8_t* out_length, const uint8_t* offered,
               unsigned offered_length, void*) {
  uint8_t* selected = nullptr;
  const int result =
      SSL_select_next_proto(&selected, out_length, kAlpn, sizeof(kAlpn), offered, offered_length);
  if (result != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_NOACK;
  *out = selected;
  return SSL_TLSEXT_ERR_OK;
}

absl::StatusOr<std::unique_ptr<ssl::context>> NewContext(ssl::context::method method) {
  std::unique_ptr<ssl::context> context;
  try {
    context = std::make_unique<ssl::context>(method);
  } catch (const std::exception&) {
    return absl::InternalError("cannot set up TLS");
  }
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  return context;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ssl::context>> NewServerTlsContext(
    std::string_view certificate_pem, std::string_view private_key_pem) {
  absl::StatusOr<std::unique_ptr<ssl::context>> context = NewContext(ssl::context::tls_server);
  if (!context.ok()) return context;
  boost::system::error_code error;
  (*context)->use_certificate_chain(Buffer(certificate_pem), error);
  if (error) return TlsError("the TLS certificate must be a PEM certificate chain, leaf first");
  (*context)->use_private_key(Buffer(private_key_pem), ssl::context::pem, error);
  if (error)
    return TlsError("the TLS private key must be an unencrypted PEM key that fits the certificate");
  SSL_CTX* native = (*context)->native_handle();
  if (SSL_CTX_check_private_key(native) != 1) {
    return TlsError("the TLS private key does not belong to the certificate");
  }
  SSL_CTX_set_alpn_select_cb(native, SelectAlpn, nullptr);
  return context;
}

absl::StatusOr<std::unique_ptr<ssl::context>> NewClientTlsContext(
    std::string_view ca_certificates_pem) {
  absl::StatusOr<std::unique_ptr<ssl::context>> context = NewContext(ssl::context::tls_client);
  if (!context.ok()) return context;
  (*context)->set_verify_mode(ssl::verify_peer);
  SSL_CTX_set_alpn_protos((*context)->native_handle(), kAlpn, sizeof(kAlpn));
  boost::system::error_code error;
  if (!ca_certificates_pem.empty()) {
    (*context)->add_certificate_authority(Buffer(ca_certificates_pem), error);
    if (error) return TlsError("the CA certificates must be PEM certificates");
    return context;
  }
  for (const char* path : kSystemRoots) {
    if (access(path, R_OK) != 0) continue;
    (*context)->load_verify_file(path, error);
    if (!error) break;
  }
  // Without any roots every https request fails with a clear message of its own.
  return context;
}

}  // namespace candor
