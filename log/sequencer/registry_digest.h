// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/crypto/hash.h"

namespace candor {

// What StoredHead::registry_digest is: the exclusive or of SHA-256(u32 key length || key || value)
// over all registry records, so that a change costs only what changed. It finds a damaged or half
// restored store; replay, not this, is what proves a registry to others.
class RegistryDigest {
 public:
  RegistryDigest() = default;  // of no records
  explicit RegistryDigest(const Hash& value) : value_(value) {}

  // Adds a record, or removes one that was added before.
  void Toggle(std::string_view key, std::string_view value);

  const Hash& value() const { return value_; }

 private:
  Hash value_;
};

}  // namespace candor
