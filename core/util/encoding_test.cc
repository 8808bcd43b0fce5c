// SPDX-License-Identifier: Apache-2.0
#include "core/util/encoding.h"

#include <limits>
#include <string>
#include <vector>

#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

using std::string_literals::operator""s;

std::string AllBytes() {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
  return bytes;
}

TEST(HexTest, RoundTrips) {
  EXPECT_EQ(HexEncode(""), "");
  EXPECT_EQ(HexEncode("\x00\x7f\xab\xff"s), "007fabff");
  EXPECT_EQ(HexDecode("007fabff").value(), "\x00\x7f\xab\xff"s);
  EXPECT_EQ(HexDecode(HexEncode(AllBytes())).value(), AllBytes());
}

TEST(HexTest, RefusesWhatIsNotCanonical) {
  for (const std::string& text : {"0"s, "0A"s, "0g"s, " 0"s, "0x"s, "00 "s, "\0\0"s, "é"s}) {
    EXPECT_EQ(ReasonOf(HexDecode(text).status()), "MALFORMED_HEX") << text;
  }
}

struct Base64Case {
  std::string bytes;
  std::string text;
};

// RFC 4648 section 10, and all six bits set and clear.
const std::vector<Base64Case>& Base64Cases() {
  static const auto* cases = new std::vector<Base64Case>{
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
      {"\0\0\0"s, "AAAA"},
      {"\xff\xff\xff", "////"},
      {"\xfb\xef\xbe", "++++"},
  };
  return *cases;
}

TEST(Base64Test, KnownAnswers) {
  for (const Base64Case& c : Base64Cases()) {
    EXPECT_EQ(Base64Encode(c.bytes), c.text);
    EXPECT_EQ(Base64Decode(c.text).value(), c.bytes);
    EXPECT_EQ(Base64DecodeDsse(c.text).value(), c.bytes);
  }
}

TEST(Base64Test, RoundTripsEveryLength) {
  const std::string bytes = AllBytes();
  for (size_t size = 0; size <= bytes.size(); ++size) {
    const std::string part = bytes.substr(bytes.size() - size);
    EXPECT_EQ(Base64Decode(Base64Encode(part)).value(), part);
  }
}

// Of all texts of four characters, exactly those decode that encode back to themselves.
TEST(Base64Test, OnlyCanonicalTextsDecode) {
  const std::string characters = "AQgw/+-_= \n"s + '\0' + '\xff';
  int good = 0;
  for (char a : characters) {
    for (char b : characters) {
      for (char c : characters) {
        for (char d : characters) {
          const std::string text = {a, b, c, d};
          const absl::StatusOr<std::string> bytes = Base64Decode(text);
          if (!bytes.ok()) continue;
          EXPECT_EQ(Base64Encode(*bytes), text);
          ++good;
        }
      }
    }
  }
  // Six of the characters are of the alphabet; four of these end in zero bits: A, Q, g, w.
  EXPECT_EQ(good, 6 * 6 * 6 * 6 + 6 * 6 * 4 + 6 * 4);
}

TEST(Base64Test, Refuses) {
  for (const std::string& text :
       {"Zg"s, "Zg="s, "Zg==="s, "Zh=="s, "Zm9="s, "Z"s, "Z==="s, "===="s, "="s, "Zg==Zg=="s,
        "Zm9v\n"s, " Zm9v"s, "Zm 9v"s, "Zm9v===="s, "-___"s, "Zm\x39\0"s, "Zm9vZ==="s}) {
    EXPECT_EQ(ReasonOf(Base64Decode(text).status()), "MALFORMED_BASE64") << text;
  }
}

TEST(Base64DsseTest, TakesBothAlphabetsAndOptionalPadding) {
  EXPECT_EQ(Base64DecodeDsse("Zg").value(), "f");
  EXPECT_EQ(Base64DecodeDsse("Zm8").value(), "fo");
  EXPECT_EQ(Base64DecodeDsse("____").value(), "\xff\xff\xff");
  EXPECT_EQ(Base64DecodeDsse("----").value(), "\xfb\xef\xbe");
  EXPECT_EQ(Base64DecodeDsse("_w").value(), "\xff");
  EXPECT_EQ(Base64DecodeDsse("_w==").value(), "\xff");
  EXPECT_EQ(Base64DecodeDsse("/w").value(), "\xff");
}

TEST(Base64DsseTest, Refuses) {
  for (const std::string& text :
       {"Zg="s, "Zg==="s, "Zh"s, "Zm9"s, "Z"s, "=="s, "===="s, "Zm9v="s, "Zm9v=="s, "Zm9v===="s,
        "Zm9v\n"s, " Zg"s, "Zg==Zg"s, "/_//"s, "+-++"s, "Zg=\n"s, "Z=g="s}) {
    EXPECT_EQ(ReasonOf(Base64DecodeDsse(text).status()), "MALFORMED_BASE64") << text;
  }
}

TEST(ParseDecimalTest, KnownAnswers) {
  EXPECT_EQ(ParseDecimal("0").value(), 0u);
  EXPECT_EQ(ParseDecimal("9").value(), 9u);
  EXPECT_EQ(ParseDecimal("10").value(), 10u);
  EXPECT_EQ(ParseDecimal("18446744073709551615").value(), std::numeric_limits<uint64_t>::max());
}

TEST(ParseDecimalTest, Refuses) {
  for (const std::string& text :
       {""s, "00"s, "01"s, "+1"s, "-1"s, " 1"s, "1 "s, "1\n"s, "0x1"s, "1e3"s, "1.0"s, "1_000"s,
        "18446744073709551616"s, "18446744073709551620"s, "28446744073709551615"s,
        "100000000000000000000"s, "1\0"s, "\xd9\xa1"s}) {
    EXPECT_EQ(ReasonOf(ParseDecimal(text).status()), "MALFORMED_NUMBER") << text;
  }
}

TEST(Utf8Test, Table) {
  for (const std::string& good :
       {""s, "a\0b\n"s, "\x7f"s, "\xc2\x80"s, "\xdf\xbf"s, "\xe0\xa0\x80"s, "\xed\x9f\xbf"s,
        "\xee\x80\x80"s, "\xef\xbf\xbf"s, "\xf0\x90\x80\x80"s, "\xf4\x8f\xbf\xbf"s,
        "a\xc3\xa9z"s}) {
    EXPECT_TRUE(IsValidUtf8(good)) << HexEncode(good);
  }
  for (const std::string& bad : {"\x80"s,
                                 "\xbf"s,
                                 "\xc0\x80"s,
                                 "\xc1\xbf"s,
                                 "\xc2"s,
                                 "\xc2\x7f"s,
                                 "\xc2\xc0"s,
                                 "\xe0\x9f\xbf"s,
                                 "\xed\xa0\x80"s,
                                 "\xed\xbf\xbf"s,
                                 "\xe1\x80"s,
                                 "\xe1\x80\x7f"s,
                                 "\xf0\x8f\xbf\xbf"s,
                                 "\xf4\x90\x80\x80"s,
                                 "\xf5\x80\x80\x80"s,
                                 "\xf1\x80\x80"s,
                                 "\xf8\x88\x80\x80\x80"s,
                                 "\xff"s,
                                 "\xfe"s,
                                 "ok\xc3"s}) {
    EXPECT_FALSE(IsValidUtf8(bad)) << HexEncode(bad);
  }
}

// Appends a code point by the definition of UTF-8.
std::string EncodeCodePoint(uint32_t point) {
  const auto tail = [point](int shift) { return static_cast<char>(0x80 | (point >> shift & 63)); };
  if (point < 0x80) return {static_cast<char>(point)};
  if (point < 0x800) return {static_cast<char>(0xc0 | point >> 6), tail(0)};
  if (point < 0x10000) return {static_cast<char>(0xe0 | point >> 12), tail(6), tail(0)};
  return {static_cast<char>(0xf0 | point >> 18), tail(12), tail(6), tail(0)};
}

TEST(Utf8Test, EveryCodePoint) {
  for (uint32_t point = 0; point < 0x120000; ++point) {
    const bool valid = point < 0x110000 && (point < 0xd800 || point > 0xdfff);
    ASSERT_EQ(IsValidUtf8(EncodeCodePoint(point)), valid) << point;
  }
}

}  // namespace
}  // namespace candor
