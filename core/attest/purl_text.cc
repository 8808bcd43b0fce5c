// SPDX-License-Identifier: Apache-2.0
#include "core/attest/purl_text.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/attest/purl_types.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr std::string_view kScheme = "pkg:";

bool IsAlpha(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); }
bool IsAlnum(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }

bool IsPlain(char c) {
  return IsAlnum(c) || c == '.' || c == '-' || c == '_' || c == '~' || c == ':';
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = absl::ascii_tolower(static_cast<unsigned char>(c));
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool IsDots(std::string_view segment) { return segment == "." || segment == ".."; }

absl::Status CheckQualifierKey(std::string_view key) {
  bool ok = !key.empty() && IsAlpha(key[0]) && std::all_of(key.begin(), key.end(), [](char c) {
    return IsAlnum(c) || c == '.' || c == '-' || c == '_';
  });
  return ok ? absl::OkStatus() : PurlError("has a malformed qualifier key");
}

}  // namespace

absl::Status PurlError(std::string_view problem) {
  return Refuse(absl::StatusCode::kInvalidArgument, "PURL_INVALID",
                absl::StrCat("the package URL ", problem));
}

std::string PurlEncode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (char c : text) {
    if (IsPlain(c)) {
      encoded.push_back(c);
      continue;
    }
    auto byte = static_cast<unsigned char>(c);
    encoded.push_back('%');
    encoded.push_back(kDigits[byte >> 4]);
    encoded.push_back(kDigits[byte & 15]);
  }
  return encoded;
}

absl::StatusOr<std::string> PurlDecode(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    int high = i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
    int low = i + 2 < text.size() ? HexDigit(text[i + 2]) : -1;
    if (high < 0 || low < 0) return PurlError("has a '%' without two hexadecimal digits after it");
    decoded.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  bool control = std::any_of(decoded.begin(), decoded.end(), [](char c) {
    return absl::ascii_iscntrl(static_cast<unsigned char>(c));
  });
  if (control || !IsValidUtf8(decoded)) {
    return PurlError("has an encoded control character or is not UTF-8 when decoded");
  }
  return decoded;
}

absl::StatusOr<std::vector<std::string>> PurlSegments(std::string_view text) {
  std::vector<std::string> segments;
  while (!text.empty()) {
    size_t end = std::min(text.find('/'), text.size());
    std::string_view raw = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (raw.empty()) continue;
    CANDOR_ASSIGN_OR_RETURN(std::string segment, PurlDecode(raw));
    if (IsDots(segment)) return PurlError("has a '.' or '..' segment");
    if (segment.find('/') != std::string::npos) return PurlError("has an encoded '/' in a segment");
    if (segments.size() == kMaxPurlSegments) {
      return PurlError(absl::StrCat("has more than ", kMaxPurlSegments, " segments"));
    }
    segments.push_back(std::move(segment));
  }
  return segments;
}

std::string JoinPurlSegments(const std::vector<std::string>& segments) {
  std::string joined;
  for (const std::string& segment : segments) {
    if (!joined.empty()) joined.push_back('/');
    joined += PurlEncode(segment);
  }
  return joined;
}

absl::StatusOr<std::map<std::string, std::string>> PurlQualifiers(std::string_view text) {
  std::map<std::string, std::string> qualifiers;
  while (!text.empty()) {
    size_t end = std::min(text.find('&'), text.size());
    std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    size_t equals = pair.find('=');
    if (equals == std::string_view::npos) return PurlError("has a qualifier without '='");
    std::string key = absl::AsciiStrToLower(pair.substr(0, equals));
    CANDOR_RETURN_IF_ERROR(CheckQualifierKey(key));
    CANDOR_ASSIGN_OR_RETURN(std::string value, PurlDecode(pair.substr(equals + 1)));
    if (value.empty()) continue;
    if (!qualifiers.emplace(key, std::move(value)).second) {
      return PurlError(absl::StrCat("has the qualifier ", key, " twice"));
    }
    if (qualifiers.size() > kMaxPurlQualifiers) {
      return PurlError(absl::StrCat("has more than ", kMaxPurlQualifiers, " qualifiers"));
    }
  }
  return qualifiers;
}

std::string JoinPurlQualifiers(const std::map<std::string, std::string>& qualifiers) {
  std::string joined;
  for (const auto& [key, value] : qualifiers) {
    if (!joined.empty()) joined.push_back('&');
    joined += absl::StrCat(key, "=", PurlEncode(value));
  }
  return joined;
}

absl::StatusOr<std::string> PurlType(std::string_view text) {
  bool ok = !text.empty() && IsAlpha(text[0]) && std::all_of(text.begin(), text.end(), [](char c) {
    return IsAlnum(c) || c == '.' || c == '-';
  });
  if (!ok) return PurlError("has no well-formed type after \"pkg:\"");
  return absl::AsciiStrToLower(text);
}

absl::StatusOr<std::string_view> AfterPurlScheme(std::string_view text) {
  if (text.size() > kMaxPurlBytes) {
    return PurlError(absl::StrCat("has ", text.size(), " bytes; the limit is ", kMaxPurlBytes));
  }
  if (!LooksLikePurl(text)) return PurlError("does not begin with \"pkg:\"");
  bool graphic = std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (!graphic) return PurlError("has a space or a character that is not ASCII; percent-encode it");
  text.remove_prefix(kScheme.size());
  text.remove_prefix(std::min(text.find_first_not_of('/'), text.size()));
  return text;
}

bool LooksLikePurl(std::string_view text) {
  return absl::AsciiStrToLower(text.substr(0, kScheme.size())) == kScheme;
}

std::string_view TakeAfterLast(std::string_view& text, char separator) {
  size_t position = text.rfind(separator);
  if (position == std::string_view::npos) return {};
  std::string_view after = text.substr(position + 1);
  text = text.substr(0, position);
  return after;
}

bool IsIdentityQualifier(std::string_view type, std::string_view key) {
  return key == "repository_url" || key == IdentityQualifier(type);
}

}  // namespace candor
