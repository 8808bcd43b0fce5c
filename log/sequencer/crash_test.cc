// SPDX-License-Identifier: Apache-2.0
//
// A real process with a real store is killed at moments that a seed chooses; every entry that it
// acknowledged is there afterwards, and the whole state is right.

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/mutex.h"
#include "core/attest/entry.h"
#include "gtest/gtest.h"
#include "log/sequencer/sequencer.h"
#include "log/sequencer/testing.h"
#include "log/storage/rocksdb_log_store.h"

namespace candor {
namespace {

constexpr char kFolderVariable[] = "CANDOR_CRASH_FOLDER";
constexpr char kFirstVariable[] = "CANDOR_CRASH_FIRST";
constexpr int kRounds = 20;
constexpr uint64_t kMaxPerRound = 60;

std::unique_ptr<RocksDbLogStore> OpenStore(const std::string& folder) {
  auto store = RocksDbLogStore::Open({.folder = folder, .origin = SequencerHarness::origin()});
  if (!store.ok()) ADD_FAILURE() << store.status();
  return store.ok() ? *std::move(store) : nullptr;
}

// Says on the standard output which release got which index; a line is shorter than a pipe's
// atomic write.
void Acknowledge(uint64_t version, uint64_t index) {
  const std::string line = absl::StrCat("ack ", version, " ", index, "\n");
  if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) ::_exit(1);
}

// The process to kill: adds releases as fast as it can, some at a time, until it dies.
TEST(CrashTestChild, DISABLED_AddsUntilItIsKilled) {
  const char* folder = std::getenv(kFolderVariable);
  const char* first = std::getenv(kFirstVariable);
  if (folder == nullptr || first == nullptr) GTEST_SKIP() << "only run by CrashTest";
  uint64_t version = 0;
  ASSERT_TRUE(absl::SimpleAtoi(first, &version));
  const SequencerHarness harness;
  const auto store = OpenStore(folder);
  const auto sequencer =
      Sequencer::Create(store.get(), store.get(),
                        RecoverForTest(*store, *store, *store, harness.origin()), {})
          .value();
  sequencer->Start();
  Mutex mutex;
  CondVar changed;
  int in_flight = 0;
  while (true) {
    const VerificationToken token = sequencer->BeginVerification();
    Submission submission = harness.Release(version);
    {
      MutexLock lock(&mutex);
      while (in_flight >= 16) changed.Wait(&mutex);
      ++in_flight;
    }
    sequencer->Add(std::move(submission), [&, version](const absl::StatusOr<AddResult>& result) {
      if (!result.ok()) ::_exit(1);
      Acknowledge(version, result->index);
      MutexLock lock(&mutex);
      --in_flight;
      changed.Signal();
    });
    ++version;
  }
}

class CrashTest : public testing::Test {
 protected:
  CrashTest() {
    std::string folder = testing::TempDir() + "/crash.XXXXXX";
    folder_ = ::mkdtemp(folder.data());
  }
  ~CrashTest() override { std::filesystem::remove_all(folder_); }

  // Runs the child, kills it after `lines` acknowledgements, and notes all that it gave.
  void RunAndKill(uint64_t first_version, uint64_t lines) {
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const std::string first = absl::StrCat(first_version);
    const std::string self = std::filesystem::read_symlink("/proc/self/exe");
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::dup2(pipe_ends[1], STDOUT_FILENO);
      ::close(pipe_ends[0]);
      ::close(pipe_ends[1]);
      ::setenv(kFolderVariable, folder_.c_str(), 1);
      ::setenv(kFirstVariable, first.c_str(), 1);
      ::unsetenv("XML_OUTPUT_FILE");
      ::unsetenv("TEST_SHARD_INDEX");
      ::execl(self.c_str(), self.c_str(), "--gtest_filter=CrashTestChild.*",
              "--gtest_also_run_disabled_tests", nullptr);
      ::_exit(127);
    }
    ::close(pipe_ends[1]);
    ReadAcknowledgements(pipe_ends[0], child, lines);
    ::close(pipe_ends[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
  }

  std::string folder_;
  std::map<uint64_t, uint64_t> acknowledged_;  // version to index

 private:
  void ReadAcknowledgements(int fd, pid_t child, uint64_t lines) {
    std::string rest;
    char buffer[4096];
    bool killed = false;
    for (ssize_t count; (count = ::read(fd, buffer, sizeof(buffer))) > 0;) {
      rest.append(buffer, static_cast<size_t>(count));
      for (size_t end; (end = rest.find('\n')) != std::string::npos; rest.erase(0, end + 1)) {
        uint64_t version = 0;
        uint64_t index = 0;
        if (std::sscanf(rest.c_str(), "ack %lu %lu\n", &version, &index) != 2) continue;
        acknowledged_[version] = index;
        if (--lines == 0 && !killed) {
          ::kill(child, SIGKILL);
          killed = true;
        }
      }
    }
  }
};

TEST_F(CrashTest, EveryAcknowledgedEntrySurvivesSigkill) {
  const SequencerHarness harness;
  {
    const auto store =
        RocksDbLogStore::Create({.folder = folder_, .origin = harness.origin()}).value();
    harness.Begin(*store, *store);
  }
  std::mt19937 seed(20240229);
  uint64_t first_version = 0;
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    ASSERT_NO_FATAL_FAILURE(RunAndKill(first_version, 1 + seed() % kMaxPerRound));
    const auto store = OpenStore(folder_);
    ASSERT_NE(store, nullptr);
    const auto snapshot = store->GetSnapshot().value();
    for (const auto& [version, index] : acknowledged_) {
      if (version < first_version) continue;  // an earlier round looked
      const auto entry = snapshot->ReadEntries(index, index + 1, 0);
      ASSERT_TRUE(entry.ok()) << "release " << version << ": " << entry.status();
      ASSERT_EQ(entry->at(0), EncodeEntry(*harness.Release(version).entry));
    }
    first_version = acknowledged_.rbegin()->first + 1000;  // beyond what was in flight
    if (round % 5 == 4) {
      ASSERT_EQ(CheckWholeState(*store, *store, harness.origin()), absl::OkStatus());
    }
  }
  EXPECT_GE(acknowledged_.size(), static_cast<size_t>(kRounds));
}

}  // namespace
}  // namespace candor
