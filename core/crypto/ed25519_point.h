// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace candor {

// Why `bytes` is not an acceptable Ed25519 public key, as the end of a sentence that begins "the
// key"; empty when it is one: 32 bytes that encode a point of the curve (RFC 8032 section 5.1.3),
// canonically, and not of small order. Internal to core/crypto.
std::string_view Ed25519PointDefect(std::string_view bytes);

}  // namespace candor
