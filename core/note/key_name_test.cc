// SPDX-License-Identifier: Apache-2.0
#include "core/note/key_name.h"

#include <string>

#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

TEST(KeyNameTest, AcceptsNames) {
  for (const char* name : {"a", "example.com/foo", "quasimodo.example/salvatore", "oid/1.2.3",
                           "\xC3\xA9t\xC3\xA9.example", "\xE2\x80\x8B", "\x7F"}) {
    EXPECT_TRUE(CheckKeyName(name).ok()) << name;
  }
}

TEST(KeyNameTest, RefusesNames) {
  const struct {
    const char* what;
    std::string name;
  } kCases[] = {
      {"empty", ""},
      {"space", "a b"},
      {"plus", "a+b"},
      {"tab", "a\tb"},
      {"newline", "a\n"},
      {"NUL", std::string("a\0b", 3)},
      {"next line U+0085", "a\xC2\x85"},
      {"no-break space U+00A0", "\xC2\xA0"},
      {"ogham space U+1680", "a\xE1\x9A\x80"},
      {"en quad U+2000", "a\xE2\x80\x80"},
      {"hair space U+200A", "a\xE2\x80\x8A"},
      {"line separator U+2028", "a\xE2\x80\xA8"},
      {"paragraph separator U+2029", "a\xE2\x80\xA9"},
      {"narrow no-break space U+202F", "a\xE2\x80\xAF"},
      {"mathematical space U+205F", "a\xE2\x81\x9F"},
      {"ideographic space U+3000", "a\xE3\x80\x80"},
      {"not UTF-8", "a\xFF"},
      {"overlong", "a\xC0\xAF"},
      {"cut off", "a\xE2\x80"},
  };
  for (const auto& c : kCases) {
    const absl::Status status = CheckKeyName(c.name);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.what;
    EXPECT_EQ(ReasonOf(status), "KEY_NAME_INVALID") << c.what;
  }
}

TEST(NoteCharactersTest, OnlyNewlineIsAllowedAmongControls) {
  for (int c = 0; c < 0x80; ++c) {
    const std::string text = {'a', static_cast<char>(c), '\n'};
    EXPECT_EQ(CheckNoteCharacters(text, "text").ok(), c >= 0x20 || c == '\n') << c;
  }
  EXPECT_EQ(ReasonOf(CheckNoteCharacters("\x80", "text")), "NOTE_TEXT_INVALID");
}

}  // namespace
}  // namespace candor
