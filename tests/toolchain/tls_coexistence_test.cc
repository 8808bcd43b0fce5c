// SPDX-License-Identifier: Apache-2.0
//
// One process holds BoringSSL (ours) and OpenSSL (gRPC's, under other names): a certificate that
// BoringSSL made serves a TLS call between two gRPC ends, and BoringSSL works before and after.

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <openssl/base.h>
#include <openssl/bio.h>
#include <openssl/curve25519.h>
#include <openssl/ec_key.h>
#include <openssl/evp.h>
#include <openssl/nid.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace candor {
namespace {

struct Identity {
  std::string certificate;
  std::string key;
};

std::string Contents(BIO* bio) {
  const uint8_t* data = nullptr;
  size_t size = 0;
  if (BIO_mem_contents(bio, &data, &size) != 1) return "";
  return std::string(reinterpret_cast<const char*>(data), size);
}

bssl::UniquePtr<EVP_PKEY> NewKey() {
  bssl::UniquePtr<EC_KEY> ec(EC_KEY_new_by_curve_name(NID_X9_62_prime256v1));
  bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new());
  if (EC_KEY_generate_key(ec.get()) != 1 || EVP_PKEY_set1_EC_KEY(key.get(), ec.get()) != 1) {
    return nullptr;
  }
  return key;
}

// A self-signed certificate for "localhost".
Identity NewIdentity() {
  constexpr std::string_view kName = "localhost";
  bssl::UniquePtr<EVP_PKEY> key = NewKey();
  bssl::UniquePtr<X509> certificate(X509_new());
  X509* x = certificate.get();
  X509_set_version(x, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
  X509_gmtime_adj(X509_getm_notBefore(x), -60);
  X509_gmtime_adj(X509_getm_notAfter(x), 3600);
  X509_NAME* name = X509_get_subject_name(x);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const uint8_t*>(kName.data()),
                             static_cast<int>(kName.size()), -1, 0);
  X509_set_issuer_name(x, name);
  X509_set_pubkey(x, key.get());
  EXPECT_GT(X509_sign(x, key.get(), EVP_sha256()), 0);

  bssl::UniquePtr<BIO> certificate_out(BIO_new(BIO_s_mem()));
  bssl::UniquePtr<BIO> key_out(BIO_new(BIO_s_mem()));
  EXPECT_EQ(PEM_write_bio_X509(certificate_out.get(), x), 1);
  EXPECT_EQ(PEM_write_bio_PKCS8PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                          nullptr),
            1);
  return {Contents(certificate_out.get()), Contents(key_out.get())};
}

void ExpectEd25519Works() {
  std::array<uint8_t, 32> public_key = {};
  std::array<uint8_t, 64> private_key = {};
  std::array<uint8_t, 64> signature = {};
  ED25519_keypair(public_key.data(), private_key.data());
  ASSERT_EQ(ED25519_sign(signature.data(), nullptr, 0, private_key.data()), 1);
  EXPECT_EQ(ED25519_verify(nullptr, 0, signature.data(), public_key.data()), 1);
}

// Asks the health service over TLS; the empty request means the whole server.
grpc::Status CheckHealth(int port, const std::string& trusted_certificate) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = trusted_certificate;
  grpc::ChannelArguments arguments;
  arguments.SetSslTargetNameOverride("localhost");
  grpc::GenericStub stub(grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(port),
                                                   grpc::SslCredentials(options), arguments));
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const grpc::ByteBuffer request(nullptr, 0);
  auto call = stub.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check", request, &queue);
  call->StartCall();
  grpc::ByteBuffer response;
  grpc::Status status;
  call->Finish(&response, &status, &status);
  void* tag = nullptr;
  bool ok = false;
  EXPECT_TRUE(queue.Next(&tag, &ok) && ok);
  return status;
}

TEST(TlsCoexistence, GrpcTlsAndBoringSslWorkInOneProcess) {
  ExpectEd25519Works();
  const Identity identity = NewIdentity();
  grpc::EnableDefaultHealthCheckService(true);
  grpc::SslServerCredentialsOptions options;
  options.pem_key_cert_pairs.push_back({identity.key, identity.certificate});
  // A server needs one service of its own beside the health service.
  grpc::CallbackGenericService no_methods;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.RegisterCallbackGenericService(&no_methods);
  builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(options), &port);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  ASSERT_NE(server, nullptr);

  const grpc::Status status = CheckHealth(port, identity.certificate);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_FALSE(CheckHealth(port, NewIdentity().certificate).ok());
  ExpectEd25519Works();
  server->Shutdown();
}

}  // namespace
}  // namespace candor
