// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace candor {

using Json = nlohmann::json;

inline constexpr size_t kMaxJsonDepth = 64;                // Nested arrays and objects.
inline constexpr size_t kMaxJsonValues = size_t{1} << 20;  // Values in one document, of every kind.

// Parses one JSON document (RFC 8259) strictly: at most `max_bytes` long, valid UTF-8 without a
// byte order mark, no NUL byte, no member name twice in one object, at most kMaxJsonDepth deep, at
// most kMaxJsonValues values, nothing but white space after it. `what` names the input in errors.
// INVALID_ARGUMENT with reason JSON_TOO_LARGE, JSON_NOT_UTF8, JSON_DUPLICATE_MEMBER, JSON_TOO_DEEP,
// JSON_TOO_MANY_VALUES or JSON_INVALID.
absl::StatusOr<Json> ParseJson(std::string_view text, size_t max_bytes, std::string_view what);

// Compact and deterministic: members ascending by name, no white space.
// INVALID_ARGUMENT with reason JSON_NOT_UTF8 when a string is not UTF-8.
absl::StatusOr<std::string> FormatJson(const Json& value);

}  // namespace candor
