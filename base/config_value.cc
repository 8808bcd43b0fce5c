// SPDX-License-Identifier: Apache-2.0
//
// Durations and sizes with units, as texts.

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/config.h"
#include "core/util/encoding.h"

namespace candor {
namespace {

struct Unit {
  std::string_view name;
  uint64_t factor;  // milliseconds or bytes
};

constexpr std::array<Unit, 5> kDurationUnits = {{
    {"d", 24 * 60 * 60 * 1000},
    {"h", 60 * 60 * 1000},
    {"m", 60 * 1000},
    {"s", 1000},
    {"ms", 1},
}};
constexpr std::array<Unit, 4> kSizeUnits = {{
    {"GiB", uint64_t{1} << 30},
    {"MiB", uint64_t{1} << 20},
    {"KiB", uint64_t{1} << 10},
    {"B", 1},
}};

// The number and the unit after it, multiplied; nullopt when malformed or over `max`.
template <typename Units>
std::optional<uint64_t> ParseWithUnit(std::string_view text, const Units& units, uint64_t max) {
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const absl::StatusOr<uint64_t> number = ParseDecimal(text.substr(0, digits));
  if (!number.ok()) return std::nullopt;
  for (const Unit& unit : units) {
    if (text.substr(digits) != unit.name) continue;
    if (*number > max / unit.factor) return std::nullopt;
    return *number * unit.factor;
  }
  return std::nullopt;
}

template <typename Units>
std::string FormatWithUnit(uint64_t value, const Units& units) {
  for (const Unit& unit : units) {
    if (value % unit.factor == 0) return absl::StrCat(value / unit.factor, std::string(unit.name));
  }
  return absl::StrCat(value);
}

// Ten thousand years: far from every overflow.
constexpr uint64_t kMaxMilliseconds = uint64_t{10000} * 365 * 24 * 60 * 60 * 1000;

}  // namespace

absl::StatusOr<absl::Duration> ParseConfigDuration(std::string_view text) {
  if (text == "0") return absl::ZeroDuration();
  const std::optional<uint64_t> value = ParseWithUnit(text, kDurationUnits, kMaxMilliseconds);
  if (value.has_value()) return absl::Milliseconds(static_cast<int64_t>(*value));
  return absl::InvalidArgumentError(
      "a duration must be a whole number with a unit: ms, s, m, h or d, e.g. 30s");
}

absl::StatusOr<uint64_t> ParseConfigSize(std::string_view text) {
  absl::StatusOr<uint64_t> plain = ParseDecimal(text);
  if (plain.ok()) return plain;
  const std::optional<uint64_t> value =
      ParseWithUnit(text, kSizeUnits, std::numeric_limits<uint64_t>::max());
  if (value.has_value()) return *value;
  return absl::InvalidArgumentError(
      "a size must be a whole number of bytes or have a unit: B, KiB, MiB or GiB, e.g. 64MiB");
}

std::string FormatConfigDuration(absl::Duration duration) {
  if (duration == absl::ZeroDuration()) return "0";
  return FormatWithUnit(static_cast<uint64_t>(absl::ToInt64Milliseconds(duration)), kDurationUnits);
}

std::string FormatConfigSize(uint64_t bytes) {
  return bytes == 0 ? "0" : FormatWithUnit(bytes, kSizeUnits);
}

}  // namespace candor
