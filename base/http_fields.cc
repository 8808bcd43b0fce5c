// SPDX-License-Identifier: Apache-2.0
#include "base/http_fields.h"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

namespace candor {
namespace {

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The non-empty, trimmed elements of a list.
std::vector<std::string_view> Split(std::string_view list, char separator) {
  std::vector<std::string_view> out;
  while (!list.empty()) {
    const size_t end = std::min(list.find(separator), list.size());
    const std::string_view element = Trim(list.substr(0, end));
    if (!element.empty()) out.push_back(element);
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return out;
}

std::string Lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// "0", "1", "0.5", "1.000" (RFC 9110 section 12.4.2) in thousandths; nullopt for anything else.
std::optional<int> ParseQuality(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int quality = text[0] == '1' ? 1000 : 0;
  int digit_worth = 100;
  for (const char c : text.substr(std::min<size_t>(2, text.size()))) {
    if (!IsDigit(c)) return std::nullopt;
    quality += (c - '0') * digit_worth;
    digit_worth /= 10;
  }
  return quality <= 1000 ? std::optional<int>(quality) : std::nullopt;
}

// The weight among the parameters of an element, which is 1 unless it says otherwise.
int QualityOf(const std::vector<std::string_view>& parts) {
  for (size_t i = 1; i < parts.size(); ++i) {
    if (Lowered(parts[i].substr(0, 2)) != "q=") continue;
    return ParseQuality(Trim(parts[i].substr(2))).value_or(1000);
  }
  return 1000;
}

std::string_view WithoutWeakMark(std::string_view tag) {
  return tag.starts_with("W/") ? tag.substr(2) : tag;
}

// 1*DIGIT; what does not fit into 64 bits is beyond the end of everything.
std::optional<uint64_t> ParsePosition(std::string_view digits) {
  constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), IsDigit)) return std::nullopt;
  uint64_t value = 0;
  for (const char c : digits) {
    const auto digit = static_cast<uint64_t>(c - '0');
    if (value > (kMax - digit) / 10) return kMax;
    value = 10 * value + digit;
  }
  return value;
}

}  // namespace

bool PrefersGzip(std::string_view accept_encoding) {
  std::optional<int> gzip;
  std::optional<int> identity;
  std::optional<int> any;
  for (const std::string_view element : Split(accept_encoding, ',')) {
    const std::vector<std::string_view> parts = Split(element, ';');
    if (parts.empty()) continue;
    const std::string coding = Lowered(parts[0]);
    const int quality = QualityOf(parts);
    if (coding == "gzip" || coding == "x-gzip") gzip = std::max(gzip.value_or(0), quality);
    if (coding == "identity") identity = quality;
    if (coding == "*") any = quality;
  }
  const int wanted = gzip.has_value() ? *gzip : any.value_or(0);
  return wanted > 0 && wanted >= identity.value_or(0);
}

bool HasEntityTag(std::string_view list, std::string_view tag, TagComparison comparison) {
  const bool strong = comparison == TagComparison::kStrong;
  for (const std::string_view candidate : Split(list, ',')) {
    if (candidate == "*") return true;
    if (strong ? candidate == tag && !tag.starts_with("W/")
               : WithoutWeakMark(candidate) == WithoutWeakMark(tag)) {
      return true;
    }
  }
  return false;
}

std::optional<ByteRange> ParseRange(std::string_view range, uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (Lowered(range.substr(0, kUnit.size())) != kUnit) return std::nullopt;
  const std::string_view spec = Trim(range.substr(kUnit.size()));
  const size_t dash = spec.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const std::optional<uint64_t> first = ParsePosition(spec.substr(0, dash));
  const std::optional<uint64_t> last = ParsePosition(spec.substr(dash + 1));
  if (dash == 0) {  // the last N bytes
    if (!last.has_value()) return std::nullopt;
    const uint64_t length = std::min(*last, size);
    return ByteRange{size - length, length};
  }
  const bool open = dash + 1 == spec.size();
  if (!first.has_value() || (!open && !last.has_value())) return std::nullopt;
  if (!open && *last < *first) return std::nullopt;
  if (*first >= size) return ByteRange{};
  const uint64_t end = open ? size - 1 : std::min(*last, size - 1);
  return ByteRange{*first, end - *first + 1};
}

}  // namespace candor
