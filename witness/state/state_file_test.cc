// SPDX-License-Identifier: Apache-2.0
#include "witness/state/state_file.h"

#include <string>

#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

TEST(StateFileTest, RoundTrip) {
  StateFile file;
  file.witness = "witness.example/w+01234567+BASE64";
  file.writes = 42;
  const std::string text =
      "candor witness state\nformat 1\nwitness witness.example/w+01234567+BASE64\nwrites 42\n";
  EXPECT_EQ(file.FormatText(), text);
  const absl::StatusOr<StateFile> parsed = StateFile::ParseText(text);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->witness, file.witness);
  EXPECT_EQ(parsed->writes, 42u);
}

TEST(StateFileTest, RefusesALaterFormatWhateverFollows) {
  for (const char* text :
       {"candor witness state\nformat 2\n", "candor witness state\nformat 10\nx"}) {
    EXPECT_EQ(ReasonOf(StateFile::ParseText(text).status()), "FORMAT_TOO_NEW") << text;
  }
}

TEST(StateFileTest, RefusesBadInput) {
  const std::string good = "candor witness state\nformat 1\nwitness w\nwrites 0\n";
  ASSERT_TRUE(StateFile::ParseText(good).ok());
  for (size_t length = 0; length < good.size(); ++length) {
    EXPECT_EQ(ReasonOf(StateFile::ParseText(good.substr(0, length)).status()), "STATE_DAMAGED");
  }
  for (const std::string& bad :
       {good + "x", good + "\n", "x" + good, std::string("candor log store\nformat 1\n"),
        std::string("candor witness state\nformat 01\nwitness w\nwrites 0\n"),
        std::string("candor witness state\nformat 1\nwitness w\nwrites 00\n"),
        std::string("candor witness state\nformat 0\nwitness w\nwrites -1\n"),
        std::string("candor witness state\nformat 1\nwrites 0\nwitness w\n"),
        std::string("candor witness state\r\nformat 1\r\nwitness w\r\nwrites 0\r\n")}) {
    const absl::Status status = StateFile::ParseText(bad).status();
    EXPECT_EQ(ReasonOf(status), "STATE_DAMAGED") << bad;
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << bad;
  }
}

}  // namespace
}  // namespace candor
