// SPDX-License-Identifier: Apache-2.0
#include "core/merkle/hasher.h"

#include <array>
#include <cstring>

namespace candor {

Hash EmptyRoot() { return Sha256(""); }

Hash LeafHash(std::string_view entry) {
  Sha256Hasher hasher;
  hasher.Update(std::string_view("\0", 1));
  hasher.Update(entry);
  return hasher.Final();
}

Hash NodeHash(const Hash& left, const Hash& right) {
  std::array<char, 1 + 2 * Hash::kSize> bytes;
  bytes[0] = 1;
  std::memcpy(bytes.data() + 1, left.data(), Hash::kSize);
  std::memcpy(bytes.data() + 1 + Hash::kSize, right.data(), Hash::kSize);
  return Sha256({bytes.data(), bytes.size()});
}

}  // namespace candor
