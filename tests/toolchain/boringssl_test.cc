// SPDX-License-Identifier: Apache-2.0
//
// The TLS library that our code is compiled against and calls is BoringSSL, although gRPC brings
// OpenSSL into the same process.

#include <dlfcn.h>
#include <openssl/base.h>
#include <openssl/curve25519.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>

#include <string>
#include <string_view>

#include "gtest/gtest.h"

#ifndef OPENSSL_IS_BORINGSSL
#error "<openssl/base.h> is not BoringSSL's"
#endif

namespace candor {
namespace {

// The file of the loaded library that `function` lies in.
template <typename Function>
std::string LibraryOf(Function* function) {
  Dl_info info = {};
  if (dladdr(reinterpret_cast<const void*>(function), &info) == 0 || info.dli_fname == nullptr) {
    return "";
  }
  return info.dli_fname;
}

std::string LoadedFrom(const char* symbol) {
  void* address = dlsym(RTLD_DEFAULT, symbol);
  Dl_info info = {};
  if (address == nullptr || dladdr(address, &info) == 0 || info.dli_fname == nullptr) {
    return "";
  }
  return info.dli_fname;
}

TEST(BoringSsl, OwnFunctionComesFromItsLibrary) {
  // BoringSSL alone has this function.
  EXPECT_TRUE(LibraryOf(&ED25519_keypair).ends_with("/android/libcrypto.so.0"))
      << LibraryOf(&ED25519_keypair);
}

TEST(BoringSsl, SharedNamesResolveToIt) {
  EXPECT_TRUE(LibraryOf(&EVP_sha256).ends_with("/android/libcrypto.so.0"));
  EXPECT_TRUE(LibraryOf(&SSL_CTX_new).ends_with("/android/libssl.so.0"));
  EXPECT_TRUE(LoadedFrom("EVP_DigestSign").ends_with("/android/libcrypto.so.0"));
  EXPECT_TRUE(LoadedFrom("SSL_new").ends_with("/android/libssl.so.0"));
}

TEST(BoringSsl, NoFunctionOfOpenSslIsVisible) {
  for (const char* name : {"OPENSSL_init_crypto_ex", "EVP_MD_fetch", "OSSL_PROVIDER_load",
                           "grpc_openssl_EVP_sha256", "grpc_openssl_SSL_new"}) {
    EXPECT_EQ(LoadedFrom(name), "") << name;
  }
}

}  // namespace
}  // namespace candor
