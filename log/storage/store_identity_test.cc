// SPDX-License-Identifier: Apache-2.0
#include "log/storage/store_identity.h"

#include <string>

#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

constexpr char kText[] = "candor log store\nformat 1\norigin log.example/candor\n";

TEST(StoreIdentityTest, RoundTrips) {
  const auto identity = StoreIdentity::ParseText(kText);
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(identity->format, 1u);
  EXPECT_EQ(identity->origin, "log.example/candor");
  EXPECT_EQ(identity->FormatText(), kText);
  EXPECT_TRUE(CheckStoreIdentity(*identity, "log.example/candor", "/data").ok());
}

TEST(StoreIdentityTest, RefusesEverythingElse) {
  const std::string text = kText;
  for (const std::string& wrong : {
           std::string(),
           std::string("format 1\norigin log.example/candor\n"),
           text.substr(0, text.size() - 1),
           text + "\n",
           text + "more\n",
           std::string("candor log store\nformat 0\norigin a\n"),
           std::string("candor log store\nformat 01\norigin a\n"),
           std::string("candor log store\nformat x\norigin a\n"),
           std::string("candor log store\nformat 1\norigin \n"),
           std::string("candor log store\nformat 1\n"),
           std::string("candor log store\nformat 1"),
           std::string("candor log store\r\nformat 1\norigin a\n"),
       }) {
    EXPECT_EQ(ReasonOf(StoreIdentity::ParseText(wrong).status()), "STORE_DAMAGED") << wrong;
  }
}

TEST(StoreIdentityTest, ANewerFormatIsNamedWhateverFollows) {
  const auto identity = StoreIdentity::ParseText("candor log store\nformat 2\nsomething new\n");
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(ReasonOf(CheckStoreIdentity(*identity, "a", "/data")), "FORMAT_TOO_NEW");
}

TEST(StoreIdentityTest, AnotherOriginIsNamed) {
  const auto identity = StoreIdentity::ParseText(kText);
  const absl::Status status = CheckStoreIdentity(*identity, "log.example/other", "/data");
  EXPECT_EQ(ReasonOf(status), "WRONG_ORIGIN");
  EXPECT_NE(status.message().find("log.example/candor"), std::string::npos);
  EXPECT_NE(status.message().find("log.example/other"), std::string::npos);
}

}  // namespace
}  // namespace candor
