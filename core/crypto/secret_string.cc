// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/secret_string.h"

#include <openssl/mem.h>

#include <utility>

namespace candor {

// Short strings live inside the object, so taking one over copies it: the source is wiped as well.
SecretString::SecretString(std::string&& bytes) {
  bytes_.swap(bytes);
  bytes.resize(bytes.capacity());
  OPENSSL_cleanse(bytes.data(), bytes.size());
  bytes.clear();
}

SecretString::SecretString(SecretString&& other) noexcept : bytes_(std::move(other.bytes_)) {
  other.Wipe();
}

SecretString& SecretString::operator=(SecretString&& other) noexcept {
  if (this == &other) return *this;
  Wipe();
  bytes_ = std::move(other.bytes_);
  other.Wipe();
  return *this;
}

SecretString::~SecretString() { Wipe(); }

// Growing to the capacity allocates nothing and reaches bytes beyond the present size.
void SecretString::Wipe() {
  bytes_.resize(bytes_.capacity());
  OPENSSL_cleanse(bytes_.data(), bytes_.size());
  bytes_.clear();
}

}  // namespace candor
