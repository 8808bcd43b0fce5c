// SPDX-License-Identifier: Apache-2.0
#include "core/util/encoding.h"

#include <array>
#include <cstddef>
#include <limits>

#include "absl/strings/str_cat.h"
#include "core/util/reason.h"

namespace candor {
namespace {

absl::Status Malformed(std::string_view reason, std::string_view message) {
  return Refuse(absl::StatusCode::kInvalidArgument, reason, message);
}

absl::Status MalformedBase64(std::string_view why) {
  return Malformed("MALFORMED_BASE64", absl::StrCat("the base64 text is not valid: ", why));
}

constexpr char kHexDigits[] = "0123456789abcdef";
constexpr char kBase64Standard[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char kBase64Url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// The value of each character of an alphabet, kNoDigit for all others.
using DecodeTable = std::array<uint8_t, 256>;
constexpr uint8_t kNoDigit = 255;

template <size_t N>
constexpr DecodeTable MakeTable(const char (&alphabet)[N]) {
  DecodeTable table{};
  for (uint8_t& value : table) value = kNoDigit;
  for (size_t i = 0; i + 1 < N; ++i) {
    table[static_cast<uint8_t>(alphabet[i])] = static_cast<uint8_t>(i);
  }
  return table;
}

constexpr DecodeTable kHexTable = MakeTable(kHexDigits);
constexpr DecodeTable kBase64StandardTable = MakeTable(kBase64Standard);
constexpr DecodeTable kBase64UrlTable = MakeTable(kBase64Url);

// Decodes characters of which any padding was removed.
absl::StatusOr<std::string> DecodeUnpadded(std::string_view text, const DecodeTable& table) {
  if (text.size() % 4 == 1) return MalformedBase64("its length is impossible");
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  uint32_t pending = 0;  // Only the low `pending_bits` bits count.
  int pending_bits = 0;
  for (char c : text) {
    const uint8_t value = table[static_cast<uint8_t>(c)];
    if (value == kNoDigit) return MalformedBase64("it has a character outside of the alphabet");
    pending = (pending << 6 | value) & 0xFFFF;
    pending_bits += 6;
    if (pending_bits >= 8) {
      pending_bits -= 8;
      bytes.push_back(static_cast<char>(pending >> pending_bits));
    }
  }
  if ((pending & ((1u << pending_bits) - 1)) != 0) {
    return MalformedBase64("its unused trailing bits are not zero");
  }
  return bytes;
}

std::string_view WithoutPadding(std::string_view text) {
  for (int i = 0; i < 2 && !text.empty() && text.back() == '='; ++i) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string HexEncode(std::string_view bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (char c : bytes) {
    text.push_back(kHexDigits[static_cast<uint8_t>(c) >> 4]);
    text.push_back(kHexDigits[static_cast<uint8_t>(c) & 15]);
  }
  return text;
}

absl::StatusOr<std::string> HexDecode(std::string_view text) {
  if (text.size() % 2 != 0) {
    return Malformed("MALFORMED_HEX", "the hexadecimal text has an odd number of digits");
  }
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (size_t i = 0; i < text.size(); i += 2) {
    const uint8_t high = kHexTable[static_cast<uint8_t>(text[i])];
    const uint8_t low = kHexTable[static_cast<uint8_t>(text[i + 1])];
    if (high == kNoDigit || low == kNoDigit) {
      return Malformed("MALFORMED_HEX",
                       "the hexadecimal text has a character other than 0-9 and a-f");
    }
    bytes.push_back(static_cast<char>(high << 4 | low));
  }
  return bytes;
}

std::string Base64Encode(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t count = bytes.size() - i < 3 ? bytes.size() - i : 3;
    uint32_t group = 0;
    for (size_t j = 0; j < 3; ++j) {
      group = group << 8 | (j < count ? static_cast<uint8_t>(bytes[i + j]) : 0);
    }
    for (size_t j = 0; j < 4; ++j) {
      text.push_back(j <= count ? kBase64Standard[group >> (18 - 6 * j) & 63] : '=');
    }
  }
  return text;
}

absl::StatusOr<std::string> Base64Decode(std::string_view text) {
  if (text.size() % 4 != 0) {
    return MalformedBase64("its length with padding is not a multiple of 4");
  }
  return DecodeUnpadded(WithoutPadding(text), kBase64StandardTable);
}

absl::StatusOr<std::string> Base64DecodeDsse(std::string_view text) {
  const std::string_view digits = WithoutPadding(text);
  if (digits.size() != text.size() && text.size() % 4 != 0) {
    return MalformedBase64("its padding is wrong");
  }
  const bool url_safe = digits.find_first_of("-_") != std::string_view::npos;
  return DecodeUnpadded(digits, url_safe ? kBase64UrlTable : kBase64StandardTable);
}

absl::StatusOr<uint64_t> ParseDecimal(std::string_view text) {
  constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();
  if (text.empty()) return Malformed("MALFORMED_NUMBER", "the decimal number is empty");
  if (text.size() > 1 && text[0] == '0') {
    return Malformed("MALFORMED_NUMBER", "the decimal number has a leading zero");
  }
  uint64_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') {
      return Malformed("MALFORMED_NUMBER", "the decimal number has a character other than 0-9");
    }
    const uint64_t digit = static_cast<uint64_t>(c - '0');
    if (value > (kMax - digit) / 10) {
      return Malformed("MALFORMED_NUMBER", "the decimal number does not fit into 64 bits");
    }
    value = 10 * value + digit;
  }
  return value;
}

namespace {

struct Utf8Lead {
  size_t length;           // Of the sequence; 0 when the byte can not begin one.
  uint8_t second_minimum;  // The range of the second byte keeps out overlong forms, surrogates and
  uint8_t second_maximum;  // values above U+10FFFF.
};

Utf8Lead ClassifyLead(uint8_t lead) {
  if (lead < 0x80) return {1, 0, 0};
  if (lead < 0xC2) return {0, 0, 0};
  if (lead < 0xE0) return {2, 0x80, 0xBF};
  if (lead == 0xE0) return {3, 0xA0, 0xBF};
  if (lead == 0xED) return {3, 0x80, 0x9F};
  if (lead < 0xF0) return {3, 0x80, 0xBF};
  if (lead == 0xF0) return {4, 0x90, 0xBF};
  if (lead < 0xF4) return {4, 0x80, 0xBF};
  if (lead == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

bool IsWellFormedTail(std::string_view sequence, const Utf8Lead& lead) {
  for (size_t i = 1; i < sequence.size(); ++i) {
    const uint8_t byte = static_cast<uint8_t>(sequence[i]);
    const uint8_t minimum = i == 1 ? lead.second_minimum : 0x80;
    const uint8_t maximum = i == 1 ? lead.second_maximum : 0xBF;
    if (byte < minimum || byte > maximum) return false;
  }
  return true;
}

}  // namespace

bool IsValidUtf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const Utf8Lead lead = ClassifyLead(static_cast<uint8_t>(bytes[0]));
    if (lead.length == 0 || lead.length > bytes.size()) return false;
    if (!IsWellFormedTail(bytes.substr(0, lead.length), lead)) return false;
    bytes.remove_prefix(lead.length);
  }
  return true;
}

}  // namespace candor
