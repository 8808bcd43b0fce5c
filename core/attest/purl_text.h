// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// The pieces that purls and purl prefixes are made of.

namespace candor {

inline constexpr size_t kMaxPurlBytes = 2048;
inline constexpr size_t kMaxPurlSegments = 32;  // Namespace segments and the name.
inline constexpr size_t kMaxPurlQualifiers = 32;

// Whether the text claims to be a package URL: it begins with "pkg:", in any case.
bool LooksLikePurl(std::string_view text);

absl::Status PurlError(std::string_view problem);  // INVALID_ARGUMENT "PURL_INVALID".

// Percent-encodes everything but letters, digits and . - _ ~ and ':' (ECMA-427).
std::string PurlEncode(std::string_view text);

// Decodes %XX; the result is UTF-8 without control characters.
absl::StatusOr<std::string> PurlDecode(std::string_view text);

// Splits on '/', leaves empty segments out, decodes each. Refuses '.' and '..', segments with an
// encoded '/', and more than kMaxPurlSegments.
absl::StatusOr<std::vector<std::string>> PurlSegments(std::string_view text);

// Encoded segments joined by '/'.
std::string JoinPurlSegments(const std::vector<std::string>& segments);

// "key=value&..." with keys lower-cased, each once; pairs without a value are left out.
absl::StatusOr<std::map<std::string, std::string>> PurlQualifiers(std::string_view text);
std::string JoinPurlQualifiers(const std::map<std::string, std::string>& qualifiers);

// Lower-cases and checks a type.
absl::StatusOr<std::string> PurlType(std::string_view text);

// Takes the scheme off, and the slashes that may follow it.
absl::StatusOr<std::string_view> AfterPurlScheme(std::string_view text);

// Takes what follows the last `separator` off `text` and returns it; "" when there is none.
std::string_view TakeAfterLast(std::string_view& text, char separator);

// Whether the qualifier is part of a product's identity.
bool IsIdentityQualifier(std::string_view type, std::string_view key);

}  // namespace candor
