// SPDX-License-Identifier: Apache-2.0
#include "client/terminal_text.h"

#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace candor {
namespace {

TEST(ForTerminalTest, KeepsPlainTextAndEscapesWhatCouldMislead) {
  const struct {
    std::string_view in;
    std::string_view out;
  } kCases[] = {
      {"", ""},
      {"acme-cam 3.2.1", "acme-cam 3.2.1"},
      {"M\xC3\xBCller \xE2\x82\xAC", "M\xC3\xBCller \xE2\x82\xAC"},
      {"\x1B[2J", "\\x1b[2J"},
      {"a\nb\tc\r", "a\\nb\\tc\\r"},
      {"back\\slash", "back\\\\slash"},
      {"\xFF\xFE", "\\xff\\xfe"},
      {"\xC3", "\\xc3"},
      {"\xC0\x80", "\\xc0\\x80"},
      {"\xED\xA0\x80", "\\xed\\xa0\\x80"},
      {"\xE2\x80\xAE"
       "cod.exe",
       "\\u{202e}cod.exe"},
      {"a\xE2\x80\x8B"
       "b",
       "a\\u{200b}b"},
      {"\xC2\x9B"
       "31m",
       "\\u{009b}31m"},
      {"\x7F", "\\x7f"},
      {"\xF0\x9F\x94\x92", "\xF0\x9F\x94\x92"},
      {"\xF3\xA0\x81\x81", "\\u{e0041}"},
  };
  for (const auto& c : kCases) EXPECT_EQ(ForTerminal(c.in), c.out);
}

TEST(ForTerminalTest, EscapesEveryControlByte) {
  for (int byte = 0; byte < 0x20; ++byte) {
    const std::string out = ForTerminal(std::string(1, static_cast<char>(byte)));
    for (const char c : out) EXPECT_GE(c, 0x20) << byte;
  }
}

TEST(ForTerminalTest, CutsAtWholeCharacters) {
  EXPECT_EQ(ForTerminal("abcdef", 3), "abc...");
  EXPECT_EQ(ForTerminal("ab\xC3\xBC", 3), "ab...");
  EXPECT_EQ(ForTerminal("abc", 3), "abc");
}

TEST(UtcTimeTest, IsIso8601) {
  EXPECT_EQ(UtcTime(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(UtcTime(1700000000), "2023-11-14T22:13:20Z");
  EXPECT_EQ(UtcTime(253402300799), "9999-12-31T23:59:59Z");
  EXPECT_EQ(UtcTime(~uint64_t{0}), "time 18446744073709551615");
}

}  // namespace
}  // namespace candor
