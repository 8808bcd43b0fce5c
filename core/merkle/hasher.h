// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/crypto/hash.h"

// The hashing of RFC 6962 section 2.1 with SHA-256.

namespace candor {

Hash EmptyRoot();                                    // SHA-256 of nothing.
Hash LeafHash(std::string_view entry);               // SHA-256(0x00 || entry)
Hash NodeHash(const Hash& left, const Hash& right);  // SHA-256(0x01 || left || right)

}  // namespace candor
