// SPDX-License-Identifier: Apache-2.0
//
// Readers of the request header fields that shape a response. Pure; a field that does not parse is
// ignored as RFC 9110 allows.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace candor {

// Whether Accept-Encoding (RFC 9110 section 12.5.3; all its fields joined) asks for gzip rather
// than for the plain form: gzip, x-gzip or * with a quality above 0 that is not below identity's,
// where that is named. An absent field asks for the plain form.
bool PrefersGzip(std::string_view accept_encoding);

enum class TagComparison {
  kWeak,    // If-None-Match: W/ marks do not matter
  kStrong,  // If-Match, If-Range: a weak tag matches nothing
};

// Whether an If-Match or If-None-Match list holds the tag or is "*" (RFC 9110 section 13.1).
bool HasEntityTag(std::string_view list, std::string_view tag, TagComparison comparison);

// The part of a representation that a Range field asks for.
struct ByteRange {
  uint64_t first = 0;
  uint64_t length = 0;  // 0: can not be satisfied

  bool operator==(const ByteRange&) const = default;
};

// The one range of a Range field (RFC 9110 section 14.1.2) of a representation of `size` bytes.
// nullopt when the field is to be ignored: another unit, several ranges, or malformed.
std::optional<ByteRange> ParseRange(std::string_view range, uint64_t size);

}  // namespace candor
