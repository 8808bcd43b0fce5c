// SPDX-License-Identifier: Apache-2.0
//
// What is RocksDB's own: folders that are refused, untouched, and what a crash leaves.

#include "log/storage/rocksdb_log_store.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <variant>

#include "core/util/reason.h"
#include "gtest/gtest.h"
#include "log/storage/log_store.h"
#include "log/storage/testing.h"

namespace candor {
namespace {

namespace fs = std::filesystem;

std::string ReadAll(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void WriteAll(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

class RocksDbLogStoreTest : public testing::Test {
 protected:
  RocksDbLogStoreTest() {
    std::string folder = testing::TempDir() + "/rocksdb.XXXXXX";
    options_.folder = ::mkdtemp(folder.data());
    options_.origin = "log.example/a";
  }
  ~RocksDbLogStoreTest() override { fs::remove_all(options_.folder); }

  // A store with ten batches of 10 entries, all in the write-ahead log.
  void MakeStore() {
    auto store = RocksDbLogStore::Create(options_);
    ASSERT_TRUE(store.ok()) << store.status();
    for (int i = 0; i < 10; ++i) {
      ASSERT_TRUE(std::holds_alternative<Committed>((*store)->Append(log_.Next(10))));
    }
  }
  uint64_t OpenedSize() {
    auto store = RocksDbLogStore::Open(options_);
    EXPECT_TRUE(store.ok()) << store.status();
    return store.ok() ? (*store)->GetSnapshot().value()->head().tree_size : 0;
  }
  std::map<std::string, std::string> Contents() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(options_.folder)) {
      if (entry.is_regular_file()) files[entry.path()] = ReadAll(entry.path());
    }
    return files;
  }
  // Opening is refused with this reason and changes no byte in the folder.
  void ExpectRefused(absl::StatusCode code, const std::string& reason) {
    const auto before = Contents();
    const auto store = RocksDbLogStore::Open(options_);
    ASSERT_FALSE(store.ok());
    EXPECT_EQ(store.status().code(), code) << store.status();
    EXPECT_EQ(ReasonOf(store.status()), reason) << store.status();
    EXPECT_TRUE(Contents() == before) << "the folder was touched";
  }
  fs::path Folder(const std::string& file) const { return fs::path(options_.folder) / file; }
  // The write-ahead log that holds the entries.
  fs::path Wal() const {
    fs::path largest;
    for (const auto& entry : fs::directory_iterator(Folder("db"))) {
      if (entry.path().extension() != ".log") continue;
      if (largest.empty() || fs::file_size(largest) < entry.file_size()) largest = entry.path();
    }
    return largest;
  }

  RocksDbLogStoreOptions options_;
  TestAppender log_;
};

TEST_F(RocksDbLogStoreTest, AFolderWithoutAStoreIsRefused) {
  ExpectRefused(absl::StatusCode::kNotFound, "STORE_NOT_FOUND");
  options_.folder += "/missing";
  EXPECT_TRUE(absl::IsNotFound(RocksDbLogStore::Open(options_).status()));
  EXPECT_TRUE(absl::IsNotFound(RocksDbLogStore::Create(options_).status()));
}

TEST_F(RocksDbLogStoreTest, AHeldFolderIsRefused) {
  MakeStore();
  const auto holder = RocksDbLogStore::Open(options_);
  ASSERT_TRUE(holder.ok()) << holder.status();
  ExpectRefused(absl::StatusCode::kFailedPrecondition, "FOLDER_IN_USE");
  EXPECT_EQ(ReasonOf(RocksDbLogStore::Create(options_).status()), "FOLDER_IN_USE");
}

TEST_F(RocksDbLogStoreTest, AnotherLogsFolderIsRefused) {
  MakeStore();
  options_.origin = "log.example/b";
  ExpectRefused(absl::StatusCode::kFailedPrecondition, "WRONG_ORIGIN");
}

TEST_F(RocksDbLogStoreTest, ANewerFormatIsRefused) {
  MakeStore();
  WriteAll(Folder("STORE"), "candor log store\nformat 2\norigin log.example/a\n");
  ExpectRefused(absl::StatusCode::kFailedPrecondition, "FORMAT_TOO_NEW");
}

TEST_F(RocksDbLogStoreTest, AForeignDatabaseBehindOurStoreFileIsRefused) {
  MakeStore();
  WriteAll(Folder("STORE"), "candor log store\nformat 1\norigin log.example/b\n");
  options_.origin = "log.example/b";
  ExpectRefused(absl::StatusCode::kDataLoss, "STORE_DAMAGED");
}

TEST_F(RocksDbLogStoreTest, ADamagedStoreFileIsRefused) {
  MakeStore();
  for (const std::string& text : {std::string(), std::string("garbage"), std::string(5000, 'x')}) {
    WriteAll(Folder("STORE"), text);
    ExpectRefused(absl::StatusCode::kDataLoss, "STORE_DAMAGED");
  }
  fs::remove(Folder("STORE"));
  ExpectRefused(absl::StatusCode::kDataLoss, "STORE_DAMAGED");
}

TEST_F(RocksDbLogStoreTest, MissingDatabaseFilesAreRefused) {
  MakeStore();
  fs::rename(Folder("db/CURRENT"), Folder("CURRENT"));
  ExpectRefused(absl::StatusCode::kDataLoss, "STORE_DAMAGED");
  fs::rename(Folder("CURRENT"), Folder("db/CURRENT"));
  EXPECT_EQ(OpenedSize(), 100u);  // which also moved everything from the log into tables
  for (const auto& entry : fs::directory_iterator(Folder("db"))) {
    if (entry.path().extension() != ".sst") continue;
    fs::rename(entry.path(), Folder("saved"));
    ExpectRefused(absl::StatusCode::kDataLoss, "STORE_DAMAGED");
    fs::rename(Folder("saved"), entry.path());
  }
  EXPECT_EQ(OpenedSize(), 100u);
}

// Every acknowledged batch but the torn one is there, wherever the tear is.
TEST_F(RocksDbLogStoreTest, ATornEndOfTheWriteAheadLogIsAccepted) {
  MakeStore();
  const std::string folder = options_.folder;
  const fs::path wal = fs::relative(Wal(), folder);
  const size_t size = ReadAll(Folder(wal)).size();
  for (const size_t cut : {size_t{1}, size_t{100}, size_t{800}}) {
    options_.folder = folder + ".torn";
    fs::copy(folder, options_.folder, fs::copy_options::recursive);
    fs::resize_file(Folder(wal), size - cut);
    EXPECT_EQ(OpenedSize(), 90u) << cut;
    EXPECT_EQ(OpenedSize(), 90u) << cut;
    fs::remove_all(options_.folder);
  }
  options_.folder = folder;
}

TEST_F(RocksDbLogStoreTest, AFlippedByteInTheMiddleIsRefused) {
  MakeStore();
  const fs::path wal = Wal();
  const std::string bytes = ReadAll(wal);
  for (size_t at = bytes.size() / 10; at < bytes.size() * 8 / 10; at += bytes.size() / 7) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    WriteAll(wal, damaged);
    ExpectRefused(absl::StatusCode::kDataLoss, "STORE_DAMAGED");
  }
  WriteAll(wal, bytes);
  EXPECT_EQ(OpenedSize(), 100u);
}

TEST_F(RocksDbLogStoreTest, ADamagedTableIsFoundWhenItIsRead) {
  MakeStore();
  {
    const auto store = RocksDbLogStore::Open(options_);
    ASSERT_TRUE((*store)->Flush().ok());
  }
  for (const auto& entry : fs::directory_iterator(Folder("db"))) {
    if (entry.path().extension() != ".sst") continue;
    std::string bytes = ReadAll(entry.path());
    bytes[20] = static_cast<char>(bytes[20] ^ 1);  // in the first data block
    WriteAll(entry.path(), bytes);
  }
  const auto store = RocksDbLogStore::Open(options_);
  const absl::Status status = store.ok() ? (*store)->GetSnapshot().status() : store.status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
}

TEST_F(RocksDbLogStoreTest, CreateNeverOverwrites) {
  MakeStore();
  EXPECT_EQ(ReasonOf(RocksDbLogStore::Create(options_).status()), "STORE_EXISTS");
  fs::remove(Folder("STORE"));
  EXPECT_EQ(ReasonOf(RocksDbLogStore::Create(options_).status()), "STORE_DAMAGED");
  WriteAll(Folder("STORE"), "candor log store\nformat 1\norigin log.example/a\n");
  EXPECT_EQ(OpenedSize(), 100u);
}

TEST_F(RocksDbLogStoreTest, AnInterruptedCreateCanBeRepeated) {
  ASSERT_TRUE(RocksDbLogStore::Create(options_).ok());
  fs::remove(Folder("STORE"));  // its last step
  ASSERT_TRUE(RocksDbLogStore::Create(options_).ok());
  EXPECT_EQ(OpenedSize(), 0u);
}

TEST_F(RocksDbLogStoreTest, NothingIsReplayedAfterAFlush) {
  MakeStore();
  {
    const auto store = RocksDbLogStore::Open(options_);
    ASSERT_TRUE(std::holds_alternative<Committed>((*store)->Append(log_.Next(500))));
    ASSERT_TRUE((*store)->Flush().ok());
  }
  EXPECT_EQ(fs::file_size(Wal()), 0u);
  EXPECT_EQ(OpenedSize(), 600u);
}

}  // namespace
}  // namespace candor
