// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/err.h>

namespace candor {

// BoringSSL keeps a queue of errors per thread, and TLS code on the same thread looks into it: what
// fails in here must not look like a failed connection there. Internal to core/crypto.
class ErrorScope {
 public:
  ErrorScope() = default;
  ~ErrorScope() { ERR_clear_error(); }
  ErrorScope(const ErrorScope&) = delete;
  ErrorScope& operator=(const ErrorScope&) = delete;
};

}  // namespace candor
