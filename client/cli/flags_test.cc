// SPDX-License-Identifier: Apache-2.0
#include "client/cli/flags.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

struct Parsed {
  std::string key = "default";
  std::vector<std::string> list;
  bool json = false;
  std::vector<std::string> words;
  bool help = false;
  absl::Status status;
};

Parsed Parse(std::vector<std::string> arguments, bool positional = true) {
  Parsed out;
  FlagSet flags("candor test", "[flags]", "About.");
  flags.String("key", "FILE", "The key.", &out.key);
  flags.List("purl", "PURL", "Purls.", &out.list);
  flags.Bool("json", "As JSON.", &out.json);
  if (positional) flags.Positional(&out.words);
  out.status = flags.Parse(arguments);
  out.help = flags.help_wanted();
  return out;
}

using Words = std::vector<std::string>;

TEST(FlagSetTest, ReadsAllForms) {
  const Parsed parsed =
      Parse({"a", "--key", "k", "--json", "--purl=p=1", "b", "--purl", "q", "--", "--key", "-"});
  ASSERT_TRUE(parsed.status.ok()) << parsed.status;
  EXPECT_EQ(parsed.key, "k");
  EXPECT_TRUE(parsed.json);
  EXPECT_EQ(parsed.list, (Words{"p=1", "q"}));
  EXPECT_EQ(parsed.words, (Words{"a", "b", "--key", "-"}));
}

TEST(FlagSetTest, DefaultsStay) {
  const Parsed parsed = Parse({});
  ASSERT_TRUE(parsed.status.ok());
  EXPECT_EQ(parsed.key, "default");
  EXPECT_FALSE(parsed.json);
}

TEST(FlagSetTest, AListTakesManyWordsWhereThereAreNoPositionals) {
  const Parsed parsed = Parse({"--purl", "p", "q", "--json", "--purl", "r"}, false);
  ASSERT_TRUE(parsed.status.ok()) << parsed.status;
  EXPECT_EQ(parsed.list, (Words{"p", "q", "r"}));
  EXPECT_TRUE(parsed.json);
}

TEST(FlagSetTest, RefusesWithTheWordInTheMessage) {
  const struct {
    Words arguments;
    std::string_view message;
  } kCases[] = {
      {{"--nope"}, "unknown flag --nope"},
      {{"-k"}, "unknown flag -k"},
      {{"--key"}, "--key needs FILE"},
      {{"--key", "--json"}, "--key needs FILE"},
      {{"--key="}, "--key is empty"},
      {{"--key", "a", "--key", "b"}, "--key is given twice"},
      {{"--json=yes"}, "--json takes no value"},
      {{"--json", "--json"}, "--json is given twice"},
      {{"--\x1b[31m"}, "unknown flag --\\x1b[31m"},
  };
  for (const auto& c : kCases) {
    const Parsed parsed = Parse(c.arguments);
    EXPECT_TRUE(absl::StrContains(parsed.status.message(), c.message)) << parsed.status;
    EXPECT_TRUE(absl::StrContains(parsed.status.message(), "--help")) << parsed.status;
  }
  EXPECT_TRUE(absl::StrContains(Parse({"word"}, false).status.message(), "unexpected word"));
}

TEST(FlagSetTest, HelpWinsAndNamesEverything) {
  EXPECT_TRUE(Parse({"--help", "--nope"}).help);
  EXPECT_TRUE(Parse({"-h"}).help);
  std::string key;
  FlagSet flags("candor test", "FILE", "About.");
  flags.String("key", "FILE", "The key.\nSecond line.", &key);
  flags.Epilogue("exit codes: 0");
  EXPECT_EQ(flags.Help(),
            "usage: candor test FILE\n\nAbout.\n\nflags:\n  --key FILE\n      The key.\n"
            "      Second line.\n\nexit codes: 0\n");
}

}  // namespace
}  // namespace candor
