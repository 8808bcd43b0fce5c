// SPDX-License-Identifier: Apache-2.0
#include "log/init.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/io.h"
#include "base/key_file.h"
#include "core/attest/entry.h"
#include "core/attest/memory_registry.h"
#include "core/attest/verify_entry.h"
#include "core/util/reason.h"
#include "log/config.h"
#include "log/storage/rocksdb_log_store.h"

namespace candor {
namespace {

std::string NewPath(const std::string& name) {
  const std::string path = testing::TempDir() + "/init_test_" + name;
  std::filesystem::remove_all(path);
  return path;
}

TEST(InitTest, MakesALogWhoseFirstEntryReplays) {
  FakeRandom random(1);
  const LogLayout layout(NewPath("new"));
  const auto made = InitLog({"log.example/a", layout.folder, ""}, &random);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_TRUE(made->vkey.starts_with("log.example/a+"));

  for (const std::string& key : {layout.NoteKey(), layout.RegistrarKey(), layout.StateKey()}) {
    struct stat info = {};
    ASSERT_EQ(stat(key.c_str(), &info), 0) << key;
    EXPECT_EQ(info.st_mode & 0777, 0600u) << key;
    EXPECT_TRUE(ReadKeyFile(key).ok()) << key;
  }

  RocksDbLogStoreOptions options;
  options.folder = layout.Store();
  options.origin = "log.example/a";
  const auto store = RocksDbLogStore::Open(options);
  ASSERT_TRUE(store.ok()) << store.status();
  const auto snapshot = (*store)->GetSnapshot();
  ASSERT_TRUE(snapshot.ok());
  ASSERT_EQ((*snapshot)->head().tree_size, 1u);
  const auto entries = (*snapshot)->ReadEntries(0, 1, 1 << 20);
  ASSERT_TRUE(entries.ok());
  const auto entry = DecodeEntry(entries->at(0));
  ASSERT_TRUE(entry.ok()) << entry.status();
  MemoryRegistry registry("log.example/a");
  EXPECT_TRUE(ReplayEntry(registry, *entry, 0).ok());
}

TEST(InitTest, TheConfigurationItWritesIsAccepted) {
  FakeRandom random(2);
  const LogLayout layout(NewPath("config"));
  ASSERT_TRUE(InitLog({"log.example/a", layout.folder, "/etc/trust.policy"}, &random).ok());
  ServerConfig config;
  const auto text = ReadFileBounded(layout.ConfigFile(), 1 << 20);
  ASSERT_TRUE(text.ok());
  const absl::Status parsed = BindServerConfig(&config).ParseText(*text, "candor-log.conf");
  ASSERT_TRUE(parsed.ok()) << parsed;
  EXPECT_EQ(config.origin, "log.example/a");
  EXPECT_EQ(config.policy, "/etc/trust.policy");
  EXPECT_TRUE(CompleteServerConfig(&config).ok());
  EXPECT_TRUE(std::filesystem::equivalent(config.note_key, layout.NoteKey()));
}

TEST(InitTest, LeavesAnExistingFolderAlone) {
  FakeRandom random(3);
  const std::string folder = NewPath("existing");
  std::filesystem::create_directory(folder);
  std::ofstream(folder + "/precious") << "data";
  const auto made = InitLog({"log.example/a", folder, ""}, &random);
  EXPECT_EQ(ReasonOf(made.status()), "FOLDER_EXISTS");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1);
  EXPECT_TRUE(std::filesystem::exists(folder + "/precious"));
}

TEST(InitTest, AKilledAttemptDoesNotStandInTheWay) {
  FakeRandom random(5);
  const LogLayout layout(NewPath("killed"));
  const std::string half = testing::TempDir() + "/.init_test_killed.candor-new";
  std::filesystem::create_directories(half + "/keys");
  std::ofstream(half + "/keys/log.key") << "half a k";
  const auto made = InitLog({"log.example/a", layout.folder + "/", ""}, &random);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_TRUE(std::filesystem::equivalent(made->config_file, layout.ConfigFile()));
  EXPECT_TRUE(ReadKeyFile(layout.NoteKey()).ok());
  EXPECT_FALSE(std::filesystem::exists(half));
}

TEST(InitTest, RefusesABadOriginBeforeAnything) {
  FakeRandom random(4);
  const std::string folder = NewPath("origin");
  EXPECT_EQ(ReasonOf(InitLog({"has space", folder, ""}, &random).status()), "ORIGIN_INVALID");
  EXPECT_FALSE(std::filesystem::exists(folder));
}

}  // namespace
}  // namespace candor
