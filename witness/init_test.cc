// SPDX-License-Identifier: Apache-2.0
#include "witness/init.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/key_file.h"
#include "base/random.h"
#include "core/note/signer.h"
#include "core/note/testing.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"
#include "witness/config.h"
#include "witness/state/rocksdb_witness_state.h"

namespace candor {
namespace {

namespace fs = std::filesystem;

// A path at which there is nothing.
std::string NewPath() {
  static int number = 0;
  const std::string path = absl::StrCat(::testing::TempDir(), "/witness-init-", number++);
  fs::remove_all(path);
  return path;
}

TEST(InitWitnessTest, MakesAllThatRunNeeds) {
  FakeRandom random(1);
  const std::string folder = NewPath();
  const std::string log = TestLogSigner("log.example", 1).vkey().ToString();
  const auto result = InitWitness(
      {.name = "witness.example/w1", .folder = folder, .logs = {log}, .policy = ""}, &random);
  ASSERT_TRUE(result.ok()) << result.status();

  WitnessConfig config;
  ConfigSchema schema = BindWitnessConfig(&config);
  const auto line = schema.Load(std::vector<std::string>{"--config", result->config_file});
  ASSERT_TRUE(line.ok()) << line.status();
  ASSERT_TRUE(CompleteWitnessConfig(&config).ok());
  EXPECT_EQ(config.name, "witness.example/w1");
  EXPECT_EQ(config.logs, std::vector<std::string>{log});

  const fs::perms mode = fs::status(config.key).permissions();
  EXPECT_EQ(mode, fs::perms::owner_read | fs::perms::owner_write);
  auto key = ReadKeyFile(config.key);
  ASSERT_TRUE(key.ok()) << key.status();
  const auto cosigner = Cosigner::Create(config.name, *std::move(key));
  EXPECT_EQ(cosigner->vkey().ToString(), result->vkey);
  EXPECT_TRUE(
      RocksDbWitnessState::Open(WitnessLayout(config.data_dir).State(), cosigner->vkey()).ok());
}

TEST(InitWitnessTest, NeverWritesOverAnything) {
  FakeRandom random(1);
  const std::string folder = NewPath();
  ASSERT_TRUE(fs::create_directory(folder));
  const auto result =
      InitWitness({.name = "w", .folder = folder, .logs = {}, .policy = ""}, &random);
  EXPECT_EQ(ReasonOf(result.status()), "FOLDER_EXISTS");
  EXPECT_TRUE(fs::is_empty(folder));
}

TEST(InitWitnessTest, AKilledAttemptDoesNotStandInTheWay) {
  FakeRandom random(1);
  const std::string folder = NewPath();
  const fs::path half = fs::path(folder).parent_path() /
                        absl::StrCat(".", fs::path(folder).filename().string(), ".candor-new");
  ASSERT_TRUE(fs::create_directories(half / "state"));
  std::ofstream(half / "witness.key") << "half a k";
  const auto result =
      InitWitness({.name = "w", .folder = folder, .logs = {}, .policy = ""}, &random);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_TRUE(fs::equivalent(result->config_file, WitnessLayout(folder).ConfigFile()));
  EXPECT_TRUE(ReadKeyFile(WitnessLayout(folder).KeyFile()).ok());
  EXPECT_FALSE(fs::exists(half));
}

TEST(InitWitnessTest, RefusalsLeaveNothingBehind) {
  FakeRandom random(1);
  const std::string folder = NewPath();
  EXPECT_FALSE(
      InitWitness({.name = "two words", .folder = folder, .logs = {}, .policy = ""}, &random).ok());
  EXPECT_FALSE(
      InitWitness({.name = "w", .folder = folder, .logs = {"bad"}, .policy = ""}, &random).ok());
  EXPECT_FALSE(fs::exists(folder));
  EXPECT_FALSE(
      InitWitness({.name = "w", .folder = folder + "/a/b", .logs = {}, .policy = ""}, &random)
          .ok());
  EXPECT_FALSE(fs::exists(folder));
}

}  // namespace
}  // namespace candor
