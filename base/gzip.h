// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace candor {

// One gzip member (RFC 1952) without name or time: the same input gives the same output.
// Level 1..12.
std::string GzipCompress(std::string_view data, int level = 6);

// Exactly one member. INVALID_ARGUMENT when it is damaged, truncated, has trailing bytes (reason
// GZIP_MALFORMED) or would be larger than `max_bytes` (reason GZIP_TOO_LARGE).
absl::StatusOr<std::string> GzipDecompress(std::string_view data, size_t max_bytes);

}  // namespace candor
