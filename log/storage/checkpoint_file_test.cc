// SPDX-License-Identifier: Apache-2.0
#include "log/storage/checkpoint_file.h"

#include <string>

#include "base/fake_file_system.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"
#include "log/storage/checkpoint_store.h"

namespace candor {
namespace {

TEST(CheckpointFileTest, KeepsTheLastNote) {
  FakeFileSystem files;
  CheckpointFile file("/data/checkpoint", &files);
  EXPECT_EQ(*file.Read(), std::nullopt);
  ASSERT_TRUE(file.Write("first").ok());
  ASSERT_TRUE(file.Write("second").ok());
  files.Crash();
  EXPECT_EQ(*file.Read(), "second");
  EXPECT_EQ(*CheckpointFile("/data/checkpoint", &files).Read(), "second");
}

TEST(CheckpointFileTest, RefusesEmptyAndOversized) {
  FakeFileSystem files;
  CheckpointFile file("/data/checkpoint", &files);
  EXPECT_EQ(ReasonOf(file.Write("")), "CHECKPOINT_TOO_LARGE");
  EXPECT_EQ(ReasonOf(file.Write(std::string(kMaxCheckpointBytes + 1, 'x'))),
            "CHECKPOINT_TOO_LARGE");
  EXPECT_EQ(*file.Read(), std::nullopt);
  EXPECT_TRUE(file.Write(std::string(kMaxCheckpointBytes, 'x')).ok());
}

// Every system call fails in both ways, then the machine loses power: one of the two notes is
// there, whole, and the new one whenever Write said OK.
TEST(CheckpointFileTest, ACrashAtAnyStepLeavesOneOfTheTwo) {
  bool failed = true;
  for (int call = 0; failed; ++call) {
    for (const auto fault : {FakeFileSystem::Fault::kNotDone, FakeFileSystem::Fault::kDone}) {
      FakeFileSystem files;
      CheckpointFile file("/data/checkpoint", &files);
      ASSERT_TRUE(file.Write("old").ok());
      files.FailCall(call, fault);
      failed = !file.Write("new").ok();
      files.Crash();
      const auto note = file.Read();
      ASSERT_TRUE(note.ok()) << note.status();
      ASSERT_TRUE(note->has_value());
      EXPECT_TRUE(**note == "new" || (failed && **note == "old")) << call << " " << **note;
    }
    ASSERT_LT(call, 20);
  }
}

}  // namespace
}  // namespace candor
