// SPDX-License-Identifier: Apache-2.0
#include "log/sequencer/registry_digest.h"

#include <cstdint>

#include "core/util/bytes.h"

namespace candor {

void RegistryDigest::Toggle(std::string_view key, std::string_view value) {
  ByteWriter record;
  record.U32(static_cast<uint32_t>(key.size()));
  record.Bytes(key);
  record.Bytes(value);
  const Hash hash = Sha256(record.bytes());
  for (size_t i = 0; i < Hash::kSize; ++i) value_.data()[i] ^= hash.data()[i];
}

}  // namespace candor
