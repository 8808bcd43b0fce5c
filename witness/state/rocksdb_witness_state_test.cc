// SPDX-License-Identifier: Apache-2.0
#include "witness/state/rocksdb_witness_state.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/note/testing.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"
#include "witness/state/state_file.h"
#include "witness/state/witness_state_contract.h"

namespace candor {
namespace {

namespace fs = std::filesystem;

// A new empty folder for each call.
std::string NewFolder() {
  static int number = 0;
  const std::string folder = absl::StrCat(::testing::TempDir(), "/witness-state-", number++);
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

VerifierKey Us() { return StateTestCosigner().vkey(); }

std::unique_ptr<RocksDbWitnessState> MustOpen(const std::string& folder) {
  absl::StatusOr<std::unique_ptr<RocksDbWitnessState>> state =
      RocksDbWitnessState::Open(folder, Us());
  EXPECT_TRUE(state.ok()) << state.status();
  return state.ok() ? *std::move(state) : nullptr;
}

std::string NewState() {
  std::string folder = NewFolder();
  const absl::Status status = RocksDbWitnessState::Create(folder, Us());
  EXPECT_TRUE(status.ok()) << status;
  return folder;
}

std::string ReadAll(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void WriteAllOf(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// Every file below a folder with its content.
std::map<std::string, std::string> Snapshot(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    files[entry.path().string()] = entry.is_regular_file() ? ReadAll(entry.path()) : "";
  }
  return files;
}

void Restore(const std::string& folder, const std::map<std::string, std::string>& files) {
  for (const auto& entry : fs::directory_iterator(folder)) fs::remove_all(entry.path());
  fs::create_directories(folder + "/db");
  for (const auto& [path, content] : files) {
    if (!fs::is_directory(path)) WriteAllOf(path, content);
  }
}

void ExpectRefused(const std::string& folder, const VerifierKey& witness, std::string_view reason) {
  const auto before = Snapshot(folder);
  const absl::Status status = RocksDbWitnessState::Open(folder, witness).status();
  EXPECT_EQ(ReasonOf(status), reason) << status;
  EXPECT_EQ(Snapshot(folder), before) << "the folder was touched";
}

INSTANTIATE_TEST_SUITE_P(RocksDb, WitnessStateContract,
                         ::testing::Values([] { return MustOpen(NewState()); }));

TEST(RocksDbWitnessStateTest, SurvivesRestarts) {
  const std::string folder = NewState();
  CosignedCheckpointPtr latest;
  for (uint64_t size = 0; size < 5; ++size) {
    const auto state = MustOpen(folder);
    const CosignedCheckpointPtr stored = state->Latest(Sha256("a.example"));
    ASSERT_EQ(stored == nullptr, latest == nullptr);
    if (stored != nullptr) {
      EXPECT_EQ(stored->note(), latest->note());
    }
    latest = TestCosigned("a.example", size, 100 + size);
    ASSERT_TRUE(state->Advance(stored, latest).ok());
  }
}

// A copy of the folder of a running process is what a kill at that moment would leave.
TEST(RocksDbWitnessStateTest, WhatWasAnsweredIsThereAfterAKill) {
  const std::string folder = NewState();
  const auto state = MustOpen(folder);
  CosignedCheckpointPtr latest;
  for (uint64_t size = 1; size <= 3; ++size) {
    const auto next = TestCosigned("a.example", size, 100);
    ASSERT_TRUE(state->Advance(latest, next).ok());
    latest = next;
    const std::string copy = NewFolder();
    fs::copy(folder, copy, fs::copy_options::recursive);
    EXPECT_EQ(MustOpen(copy)->Latest(next->origin_hash())->note(), next->note());
  }
}

TEST(RocksDbWitnessStateTest, CreateNeedsAnEmptyFolder) {
  EXPECT_EQ(RocksDbWitnessState::Create(NewFolder() + "/none", Us()).code(),
            absl::StatusCode::kNotFound);
  const std::string folder = NewState();
  const auto before = Snapshot(folder);
  EXPECT_EQ(ReasonOf(RocksDbWitnessState::Create(folder, Us())), "FOLDER_NOT_EMPTY");
  EXPECT_EQ(Snapshot(folder), before);
}

TEST(RocksDbWitnessStateTest, OpenNeverMakesAState) {
  EXPECT_EQ(RocksDbWitnessState::Open(NewFolder() + "/none", Us()).status().code(),
            absl::StatusCode::kNotFound);
  ExpectRefused(NewFolder(), Us(), "STATE_NOT_FOUND");
}

TEST(RocksDbWitnessStateTest, RefusesAFolderInUse) {
  const std::string folder = NewState();
  const auto state = MustOpen(folder);
  ExpectRefused(folder, Us(), "FOLDER_IN_USE");
  EXPECT_TRUE(state->Advance(nullptr, TestCosigned("a.example", 1, 1)).ok());
}

TEST(RocksDbWitnessStateTest, RefusesAnotherWitness) {
  const std::string folder = NewState();
  ExpectRefused(folder, TestCosigner(Us().name(), 77).vkey(), "WRONG_WITNESS");
  ExpectRefused(folder, TestCosigner("witness.example/other", 9).vkey(), "WRONG_WITNESS");
}

TEST(RocksDbWitnessStateTest, RefusesALaterFormat) {
  const std::string folder = NewState();
  WriteAllOf(folder + "/STATE", "candor witness state\nformat 2\n");
  ExpectRefused(folder, Us(), "FORMAT_TOO_NEW");
}

TEST(RocksDbWitnessStateTest, RefusesAMixtureOfFolders) {
  const std::string ours = NewState();
  const std::string theirs = NewFolder();
  ASSERT_TRUE(RocksDbWitnessState::Create(theirs, TestCosigner("other", 1).vkey()).ok());
  fs::remove_all(ours + "/db");
  fs::copy(theirs + "/db", ours + "/db", fs::copy_options::recursive);
  ExpectRefused(ours, Us(), "STATE_DAMAGED");
}

TEST(RocksDbWitnessStateTest, RefusesWhenAPartIsMissing) {
  const std::string folder = NewState();
  {
    ASSERT_TRUE(MustOpen(folder)->Advance(nullptr, TestCosigned("a.example", 1, 1)).ok());
  }
  const auto files = Snapshot(folder);
  fs::remove(folder + "/STATE");
  ExpectRefused(folder, Us(), "STATE_DAMAGED");
  Restore(folder, files);
  fs::remove(folder + "/db/CURRENT");
  ExpectRefused(folder, Us(), "STATE_DAMAGED");
  Restore(folder, files);
  fs::remove_all(folder + "/db");
  ExpectRefused(folder, Us(), "STATE_DAMAGED");
  Restore(folder, files);
  EXPECT_NE(MustOpen(folder), nullptr);
}

// An older database under a newer count: a restored backup, or lost writes.
TEST(RocksDbWitnessStateTest, RefusesADatabaseThatIsBehind) {
  const std::string folder = NewState();
  const std::string old_db = NewFolder();
  const auto first = TestCosigned("a.example", 1, 1);
  const auto second = TestCosigned("a.example", 2, 1);
  {
    ASSERT_TRUE(MustOpen(folder)->Advance(nullptr, first).ok());
  }
  fs::copy(folder + "/db", old_db, fs::copy_options::recursive);
  {
    ASSERT_TRUE(MustOpen(folder)->Advance(first, second).ok());
  }
  fs::remove_all(folder + "/db");
  fs::copy(old_db, folder + "/db", fs::copy_options::recursive);
  ExpectRefused(folder, Us(), "STATE_DAMAGED");
}

// A crash after the database was synced and before the file was: the write counts.
TEST(RocksDbWitnessStateTest, ACrashBetweenDatabaseAndFile) {
  const std::string folder = NewState();
  const auto first = TestCosigned("a.example", 1, 1);
  const auto second = TestCosigned("a.example", 2, 1);
  {
    ASSERT_TRUE(MustOpen(folder)->Advance(nullptr, first).ok());
  }
  const std::string old_file = ReadAll(folder + "/STATE");
  {
    ASSERT_TRUE(MustOpen(folder)->Advance(first, second).ok());
  }
  const std::string new_file = ReadAll(folder + "/STATE");
  WriteAllOf(folder + "/STATE", old_file);
  EXPECT_EQ(MustOpen(folder)->Latest(first->origin_hash())->note(), second->note());
  EXPECT_EQ(ReadAll(folder + "/STATE"), new_file);
}

// Bits flipped all over the folder: either nothing is lost, or it is refused and left as it is.
TEST(RocksDbWitnessStateTest, DamageIsRefusedOrHarmless) {
  const std::string folder = NewState();
  const auto first = TestCosigned("a.example", 1, 1);
  const auto second = TestCosigned("a.example", 2, 1);
  {
    const auto state = MustOpen(folder);
    ASSERT_TRUE(state->Advance(nullptr, first).ok());
    ASSERT_TRUE(state->Advance(first, second).ok());
  }
  const auto files = Snapshot(folder);
  int refused = 0;
  for (const auto& [path, content] : files) {
    const size_t step = std::max<size_t>(1, content.size() / 12);
    for (size_t at = 0; at < content.size(); at += step) {
      std::string damaged = content;
      damaged[at] ^= 0x10;
      WriteAllOf(path, damaged);
      const auto before = Snapshot(folder);
      const auto state = RocksDbWitnessState::Open(folder, Us());
      if (state.ok()) {
        EXPECT_EQ((*state)->Latest(second->origin_hash())->note(), second->note()) << path << at;
      } else {
        ++refused;
        EXPECT_EQ(Snapshot(folder), before) << path << " " << at;
        EXPECT_FALSE(ReasonOf(state.status()).empty()) << state.status();
      }
      Restore(folder, files);
    }
  }
  EXPECT_GT(refused, 10);
}

}  // namespace
}  // namespace candor
