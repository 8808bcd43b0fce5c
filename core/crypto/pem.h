// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/crypto/secret_string.h"

namespace candor {

inline constexpr size_t kMaxPemSize = 1024;

// Exactly one PEM block with this label (RFC 7468; lines of any length, since some tools do not
// wrap them, ended by LF or CRLF; the last line end may be missing), nothing before it and at most
// empty lines after it. At most kMaxPemSize bytes. INVALID_ARGUMENT with reason MALFORMED_PEM
// otherwise. Nothing of the contents gets into a message.
absl::StatusOr<SecretString> PemDecode(std::string_view label, std::string_view text);

SecretString PemEncode(std::string_view label, std::string_view der);

}  // namespace candor
