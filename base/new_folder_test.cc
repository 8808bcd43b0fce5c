// SPDX-License-Identifier: Apache-2.0
#include "base/new_folder.h"

#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/temp_folder.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

namespace fs = std::filesystem;

size_t CountIn(const std::string& folder) {
  return static_cast<size_t>(std::distance(fs::directory_iterator(folder), {}));
}

class NewFolderTest : public ::testing::Test {
 protected:
  TempFolder temp_;
  const std::string path_ = temp_.File("log");
  const std::string staging_ = temp_.File(".log.candor-new");
};

TEST(AbsolutePathTest, Cleans) {
  EXPECT_EQ(AbsolutePath("/a/b"), "/a/b");
  EXPECT_EQ(AbsolutePath("/a/./c/../b//"), "/a/b");
  EXPECT_EQ(AbsolutePath("/"), "/");
  EXPECT_EQ(AbsolutePath("x/"), fs::current_path().string() + "/x");
}

TEST_F(NewFolderTest, AppearsOnlyWhenCommitted) {
  auto folder = NewFolder::Create(path_);
  ASSERT_TRUE(folder.ok()) << folder.status();
  EXPECT_EQ((*folder)->staging(), staging_);
  fs::create_directories(staging_ + "/keys/deep");
  std::ofstream(staging_ + "/keys/deep/file") << "content";
  EXPECT_FALSE(fs::exists(path_));
  const absl::Status committed = (*folder)->Commit();
  ASSERT_TRUE(committed.ok()) << committed;
  folder->reset();
  EXPECT_EQ(fs::file_size(path_ + "/keys/deep/file"), 7u);
  EXPECT_EQ(fs::status(path_).permissions(), fs::perms::owner_all);
  EXPECT_EQ(CountIn(temp_.path()), 1u);
}

TEST_F(NewFolderTest, IsRemovedUnlessCommitted) {
  {
    auto folder = NewFolder::Create(path_);
    ASSERT_TRUE(folder.ok()) << folder.status();
    std::ofstream((*folder)->staging() + "/file") << "content";
  }
  EXPECT_EQ(CountIn(temp_.path()), 0u);
}

TEST_F(NewFolderTest, ClearsWhatAKilledProcessLeft) {
  const auto killed = [this] {
    auto folder = NewFolder::Create(path_);
    fs::create_directory(staging_ + "/keys");
    std::ofstream(staging_ + "/keys/half") << "a key";
    kill(getpid(), SIGKILL);
  };
  EXPECT_EXIT(killed(), ::testing::KilledBySignal(SIGKILL), "");
  ASSERT_TRUE(fs::exists(staging_ + "/keys/half"));
  EXPECT_FALSE(fs::exists(path_));

  auto folder = NewFolder::Create(path_);
  ASSERT_TRUE(folder.ok()) << folder.status();
  EXPECT_TRUE(fs::is_empty(staging_));
  EXPECT_TRUE((*folder)->Commit().ok());
  EXPECT_TRUE(fs::is_empty(path_));
  EXPECT_FALSE(fs::exists(staging_));
}

TEST_F(NewFolderTest, NeverTouchesWhatIsThere) {
  fs::create_directory(path_);
  std::ofstream(path_ + "/precious") << "data";
  EXPECT_EQ(ReasonOf(NewFolder::Create(path_).status()), "FOLDER_EXISTS");
  EXPECT_EQ(CountIn(path_), 1u);
  EXPECT_EQ(CountIn(temp_.path()), 1u);

  const std::string link = temp_.File("link");
  fs::create_symlink(temp_.File("nowhere"), link);
  EXPECT_EQ(ReasonOf(NewFolder::Create(link).status()), "FOLDER_EXISTS");
}

TEST_F(NewFolderTest, NeverReplacesWhatAppearedMeanwhile) {
  auto folder = NewFolder::Create(path_);
  ASSERT_TRUE(folder.ok()) << folder.status();
  fs::create_directory(path_);  // empty, which a plain rename would replace
  EXPECT_EQ(ReasonOf((*folder)->Commit()), "FOLDER_EXISTS");
  folder->reset();
  EXPECT_TRUE(fs::is_empty(path_));
  EXPECT_EQ(CountIn(temp_.path()), 1u);
}

TEST_F(NewFolderTest, TwoAtOnce) {
  auto first = NewFolder::Create(path_);
  ASSERT_TRUE(first.ok()) << first.status();
  std::ofstream(staging_ + "/file") << "content";
  EXPECT_EQ(ReasonOf(NewFolder::Create(path_).status()), "FOLDER_IN_USE");
  EXPECT_TRUE(fs::exists(staging_ + "/file"));
}

TEST_F(NewFolderTest, RefusesWhatIsInTheWay) {
  std::ofstream(staging_) << "a file";
  EXPECT_EQ(ReasonOf(NewFolder::Create(path_).status()), "FOLDER_NOT_OURS");
  fs::remove(staging_);
  fs::create_directory(temp_.File("elsewhere"));
  std::ofstream(temp_.File("elsewhere") + "/precious") << "data";
  fs::create_directory_symlink(temp_.File("elsewhere"), staging_);
  EXPECT_EQ(ReasonOf(NewFolder::Create(path_).status()), "FOLDER_NOT_OURS");
  EXPECT_EQ(CountIn(temp_.File("elsewhere")), 1u);
}

TEST_F(NewFolderTest, NeedsAParentAndAWholePath) {
  EXPECT_EQ(NewFolder::Create(temp_.File("none/log")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(NewFolder::Create("").status()), "FOLDER_INVALID");
  EXPECT_EQ(ReasonOf(NewFolder::Create("log").status()), "FOLDER_INVALID");
  EXPECT_EQ(ReasonOf(NewFolder::Create("/").status()), "FOLDER_EXISTS");
}

}  // namespace
}  // namespace candor
