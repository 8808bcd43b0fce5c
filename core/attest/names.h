// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"

namespace candor {

inline constexpr size_t kMaxOriginBytes = 255;

// OK for a domain name of two labels or more in lower-case LDH form (RFC 5890 section 2.3.1), not
// an IP address, without a dot at the end. INVALID_ARGUMENT with reason PARTICIPANT_INVALID.
absl::Status CheckParticipantName(std::string_view name);

// OK for 1..255 printable ASCII characters without space and '+' (C2SP tlog-checkpoint).
// INVALID_ARGUMENT with reason ORIGIN_INVALID.
absl::Status CheckOrigin(std::string_view origin);

}  // namespace candor
