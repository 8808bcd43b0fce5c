// SPDX-License-Identifier: Apache-2.0
#include "base/dir_lock.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <string>

#include "base/temp_folder.h"
#include "core/util/reason.h"

namespace candor {
namespace {

TEST(DirLockTest, OneHolderInAProcess) {
  TempFolder folder;
  auto lock = DirLock::Acquire(folder.path());
  ASSERT_TRUE(lock.ok()) << lock.status();
  const auto second = DirLock::Acquire(folder.path());
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(second.status()), "FOLDER_IN_USE");
  EXPECT_NE(std::string(second.status().message()).find(folder.path()), std::string::npos);
  lock->reset();
  EXPECT_TRUE(DirLock::Acquire(folder.path()).ok());
}

TEST(DirLockTest, AnotherProcessHoldsItUntilItIsKilled) {
  TempFolder folder;
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto lock = DirLock::Acquire(folder.path());
    const char answer = lock.ok() ? 'y' : 'n';
    if (write(ready[1], &answer, 1) == 1) pause();
    _exit(0);
  }
  char answer = 0;
  ASSERT_EQ(read(ready[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  EXPECT_EQ(ReasonOf(DirLock::Acquire(folder.path()).status()), "FOLDER_IN_USE");
  ASSERT_EQ(kill(child, SIGKILL), 0);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(DirLock::Acquire(folder.path()).ok());
  close(ready[0]);
  close(ready[1]);
}

TEST(DirLockTest, NeedsAFolder) {
  TempFolder folder;
  EXPECT_EQ(DirLock::Acquire(folder.File("none")).status().code(), absl::StatusCode::kNotFound);
  std::ofstream(folder.File("file")) << "x";
  EXPECT_FALSE(DirLock::Acquire(folder.File("file")).ok());
}

}  // namespace
}  // namespace candor
