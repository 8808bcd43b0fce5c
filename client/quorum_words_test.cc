// SPDX-License-Identifier: Apache-2.0
#include "client/quorum_words.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/note/testing.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

std::string Words(size_t witnesses, std::string_view quorum) {
  std::string text;
  for (size_t i = 1; i <= witnesses; ++i) {
    absl::StrAppend(&text, "witness w", i, " ",
                    TestCosigner("w.example", static_cast<uint8_t>(i)).vkey().ToString(), "\n");
  }
  return QuorumWords(Policy::Parse(absl::StrCat(text, quorum)).value());
}

TEST(QuorumWordsTest, NamesTheFewest) {
  EXPECT_EQ(Words(0, "quorum none\n"), "no witness");
  EXPECT_EQ(Words(1, "quorum w1\n"), "at least 1 of w1");
  EXPECT_EQ(Words(3, "group g 2 w1 w2 w3\nquorum g\n"), "at least 2 of w1, w2, w3");
  EXPECT_EQ(Words(3, "group g any w1 w2\ngroup h all g w3\nquorum h\n"),
            "at least 2 of w1, w2, w3");
  EXPECT_EQ(Words(13, "quorum w1\n").substr(0, 17), "its quorum of w1,");
}

}  // namespace
}  // namespace candor
