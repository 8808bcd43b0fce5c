// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

// Text encodings, strict: everything that decodes encodes to the same text again (the DSSE variant
// excepted, whose input is not canonical by its specification). Errors are INVALID_ARGUMENT.

namespace candor {

// Lower-case hexadecimal. Decoding refuses upper case and odd lengths.
std::string HexEncode(std::string_view bytes);
absl::StatusOr<std::string> HexDecode(std::string_view text);

// RFC 4648 section 4: standard alphabet with padding. Decoding refuses white space, missing padding
// and non-zero trailing bits.
std::string Base64Encode(std::string_view bytes);
absl::StatusOr<std::string> Base64Decode(std::string_view text);

// What DSSE allows: the standard or the URL-safe alphabet (not both in one text), padding
// optional but right if present. Refuses white space and non-zero trailing bits.
absl::StatusOr<std::string> Base64DecodeDsse(std::string_view text);

// A decimal number of 64 bits: digits only, no sign, no leading zero ("0" itself is fine).
absl::StatusOr<uint64_t> ParseDecimal(std::string_view text);

// Whether `bytes` is well-formed UTF-8 (Unicode table 3-7: no overlong form, no surrogate, nothing
// above U+10FFFF). NUL and control characters are well-formed.
bool IsValidUtf8(std::string_view bytes);

}  // namespace candor
