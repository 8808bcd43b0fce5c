// SPDX-License-Identifier: Apache-2.0
#include "base/durable_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>

#include "base/fake_file_system.h"
#include "base/temp_folder.h"
#include "core/util/reason.h"

namespace candor {
namespace {

constexpr size_t kMax = 1024;

TEST(DurableFileTest, ReplacesAndReadsOnDisk) {
  TempFolder folder;
  DurableFile file(folder.File("head"));
  EXPECT_EQ(file.Read(kMax).status().code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(file.Replace("one").ok());
  EXPECT_EQ(file.Read(kMax).value(), "one");
  ASSERT_TRUE(file.Replace("").ok());
  EXPECT_EQ(file.Read(kMax).value(), "");
  ASSERT_TRUE(file.Replace("three").ok());
  EXPECT_EQ(ReasonOf(file.Read(4).status()), "FILE_TOO_LARGE");
  struct stat info;
  EXPECT_NE(stat(folder.File("head.tmp").c_str(), &info), 0);
}

TEST(DurableFileTest, AMissingFolderIsAnError) {
  TempFolder folder;
  EXPECT_FALSE(DurableFile(folder.File("no/head")).Replace("x").ok());
}

TEST(DurableFileTest, TheStepsAreInOrder) {
  FakeFileSystem files;
  ASSERT_TRUE(DurableFile("d/a", &files).Replace("x").ok());
  EXPECT_EQ(files.calls(), (std::vector<std::string>{"write d/a.tmp", "sync d/a.tmp",
                                                     "rename d/a.tmp d/a", "sync folder d"}));
}

TEST(DurableFileTest, OkMeansThatACrashLosesNothing) {
  FakeFileSystem files;
  DurableFile file("d/a", &files);
  for (const char* content : {"one", "two", "three"}) {
    ASSERT_TRUE(file.Replace(content).ok());
    files.Crash();
    EXPECT_EQ(file.Read(kMax).value(), content);
  }
}

// Each step fails, with and without effect; then the process goes on, or the machine crashes.
TEST(DurableFileTest, AfterAnyFaultItIsTheOldOrTheNewContent) {
  constexpr int kSteps = 4;
  constexpr int kRename = 2;
  for (int step = 0; step < kSteps; ++step) {
    for (const auto fault : {FakeFileSystem::Fault::kNotDone, FakeFileSystem::Fault::kDone}) {
      for (const bool crash : {false, true}) {
        SCOPED_TRACE(testing::Message() << "step " << step << " crash " << crash);
        FakeFileSystem files;
        DurableFile file("d/a", &files);
        ASSERT_TRUE(file.Replace("old").ok());
        files.FailCall(step, fault);
        EXPECT_FALSE(file.Replace("new").ok());
        if (crash) files.Crash();
        const std::string content = file.Read(kMax).value();
        EXPECT_TRUE(content == "old" || content == "new") << content;
        if (step < kRename) {
          EXPECT_EQ(content, "old");
        }
        ASSERT_TRUE(file.Replace("newer").ok());
        files.Crash();
        EXPECT_EQ(file.Read(kMax).value(), "newer");
      }
    }
  }
}

// The power fails between two steps.
TEST(DurableFileTest, ACrashAfterAnyStepKeepsOneOfTheTwo) {
  for (int step = 0; step < 4; ++step) {
    FakeFileSystem files;
    DurableFile file("d/a", &files);
    ASSERT_TRUE(file.Replace("old").ok());
    files.FailCall(step, FakeFileSystem::Fault::kDone);
    EXPECT_FALSE(file.Replace("new").ok());
    files.Crash();
    EXPECT_EQ(file.Read(kMax).value(), step < 3 ? "old" : "new");
  }
}

}  // namespace
}  // namespace candor
