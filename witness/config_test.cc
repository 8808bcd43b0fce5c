// SPDX-License-Identifier: Apache-2.0
#include "witness/config.h"

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/note/testing.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

std::string LogVkey(uint8_t seed) { return TestLogSigner("log.example", seed).vkey().ToString(); }

TEST(WitnessConfigTest, ReadsAFile) {
  WitnessConfig config;
  ConfigSchema schema = BindWitnessConfig(&config);
  const absl::Status status = schema.ParseText(
      absl::StrCat("# witness\nname = witness.example/w1\ndata_dir = /srv/w\nlog = ", LogVkey(1),
                   "\nlog = ", LogVkey(2), "\nlisten = 127.0.0.1:0\n"),
      "test");
  ASSERT_TRUE(status.ok()) << status;
  ASSERT_TRUE(CompleteWitnessConfig(&config).ok());
  EXPECT_EQ(config.key, "/srv/w/witness.key");
  EXPECT_EQ(config.logs.size(), 2u);
  EXPECT_EQ(LoadFollowedLogs(config)->size(), 2u);
}

TEST(WitnessConfigTest, ListensOnLoopbackUnlessToldOtherwise) {
  EXPECT_TRUE(WitnessConfig().listen.starts_with("127.0.0.1:"));
}

TEST(WitnessConfigTest, TheExampleFileParses) {
  WitnessConfig config;
  ConfigSchema schema = BindWitnessConfig(&config);
  const std::string example = schema.ExampleFile();
  EXPECT_TRUE(schema.ParseText(example, "example").ok()) << example;
}

TEST(WitnessConfigTest, RefusesWhatCanNotWork) {
  const auto complete = [](auto change) {
    WitnessConfig config;
    config.name = "witness.example/w1";
    config.data_dir = "/srv/w";
    change(config);
    return CompleteWitnessConfig(&config);
  };
  EXPECT_TRUE(complete([](WitnessConfig&) {}).ok());
  EXPECT_FALSE(complete([](WitnessConfig& c) { c.name = "two words"; }).ok());
  EXPECT_FALSE(complete([](WitnessConfig& c) { c.name = ""; }).ok());
  EXPECT_FALSE(complete([](WitnessConfig& c) { c.tls.certificate = "cert.pem"; }).ok());
  EXPECT_FALSE(complete([](WitnessConfig& c) { c.tls.key = "key.pem"; }).ok());
  EXPECT_FALSE(complete([](WitnessConfig& c) { c.listen = "nowhere"; }).ok());
  EXPECT_FALSE(complete([](WitnessConfig& c) { c.listen = "127.0.0.1:65536"; }).ok());
  const absl::Status no_host = complete([](WitnessConfig& c) { c.listen = ":8090"; });
  EXPECT_EQ(ReasonOf(no_host), "CONFIG_INVALID");
  EXPECT_EQ(no_host.message().find("listen: "), 0u) << no_host;
}

TEST(FollowedLogsTest, FromAPolicyFile) {
  const std::string path = ::testing::TempDir() + "/followed.policy";
  std::ofstream(path) << "log " << LogVkey(1) << "\nquorum none\n";
  WitnessConfig config;
  config.policy = path;
  config.logs = {LogVkey(2)};
  const auto logs = LoadFollowedLogs(config);
  ASSERT_TRUE(logs.ok()) << logs.status();
  EXPECT_EQ(logs->size(), 2u);
}

TEST(FollowedLogsTest, Refusals) {
  const std::string bad_policy = ::testing::TempDir() + "/bad.policy";
  std::ofstream(bad_policy) << "quorum\n";
  const struct {
    const char* what;
    std::vector<std::string> logs;
    std::string policy;
  } kCases[] = {
      {"none", {}, ""},
      {"no vkey", {"log.example"}, ""},
      {"twice", {LogVkey(1), LogVkey(1)}, ""},
      {"type that can not be verified", {"log.example+00000000+/2tleQ=="}, ""},
      {"policy that does not exist", {}, bad_policy + ".none"},
      {"bad policy", {LogVkey(1)}, bad_policy},
  };
  for (const auto& c : kCases) {
    WitnessConfig config;
    config.logs = c.logs;
    config.policy = c.policy;
    EXPECT_FALSE(LoadFollowedLogs(config).ok()) << c.what;
  }
}

}  // namespace
}  // namespace candor
