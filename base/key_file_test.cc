// SPDX-License-Identifier: Apache-2.0
#include "base/key_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "base/temp_folder.h"
#include "core/util/reason.h"

namespace candor {
namespace {

PrivateKey TestKey() {
  return PrivateKey::FromSeed(KeyAlgorithm::kEd25519, std::string(32, '\x07')).value();
}

mode_t ModeOf(const std::string& path) {
  struct stat info;
  EXPECT_EQ(lstat(path.c_str(), &info), 0);
  return info.st_mode & 07777;
}

TEST(KeyFileTest, RoundTripsWithPrivateMode) {
  TempFolder folder;
  const std::string path = folder.File("key.pem");
  const mode_t old_mask = umask(0);
  const absl::Status written = WriteKeyFile(path, TestKey());
  umask(old_mask);
  ASSERT_TRUE(written.ok()) << written;
  EXPECT_EQ(ModeOf(path), 0600u);
  const auto key = ReadKeyFile(path);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(key->public_key().spki(), TestKey().public_key().spki());
}

TEST(KeyFileTest, AStrictUmaskStillGivesAUsableFile) {
  TempFolder folder;
  const mode_t old_mask = umask(0777);
  const absl::Status written = WriteSecretFile(folder.File("s"), "x");
  umask(old_mask);
  ASSERT_TRUE(written.ok()) << written;
  EXPECT_EQ(ModeOf(folder.File("s")), 0600u);
}

TEST(KeyFileTest, NeverOverwrites) {
  TempFolder folder;
  const std::string path = folder.File("key.pem");
  ASSERT_TRUE(WriteSecretFile(path, "old").ok());
  const absl::Status again = WriteKeyFile(path, TestKey());
  EXPECT_EQ(again.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReasonOf(again), "KEY_FILE_EXISTS");
  EXPECT_EQ(ReadSecretFile(path).value().view(), "old");
}

TEST(KeyFileTest, ADanglingLinkIsNotFollowed) {
  TempFolder folder;
  ASSERT_EQ(symlink(folder.File("target").c_str(), folder.File("link").c_str()), 0);
  EXPECT_EQ(ReasonOf(WriteSecretFile(folder.File("link"), "x")), "KEY_FILE_EXISTS");
  EXPECT_NE(access(folder.File("target").c_str(), F_OK), 0);
}

TEST(KeyFileTest, EveryPermissionForOthersIsRefused) {
  TempFolder folder;
  const std::string path = folder.File("key.pem");
  ASSERT_TRUE(WriteKeyFile(path, TestKey()).ok());
  for (const mode_t extra : {040, 020, 010, 04, 02, 01}) {
    ASSERT_EQ(chmod(path.c_str(), 0600 | extra), 0);
    const auto refused = ReadKeyFile(path);
    EXPECT_EQ(refused.status().code(), absl::StatusCode::kPermissionDenied) << extra;
    EXPECT_EQ(ReasonOf(refused.status()), "KEY_FILE_NOT_PRIVATE");
    EXPECT_NE(std::string(refused.status().message()).find("chmod 600"), std::string::npos);
  }
  ASSERT_EQ(chmod(path.c_str(), 0400), 0);
  EXPECT_TRUE(ReadKeyFile(path).ok());
}

TEST(KeyFileTest, OnlyRegularFilesAreRead) {
  TempFolder folder;
  ASSERT_TRUE(WriteKeyFile(folder.File("key.pem"), TestKey()).ok());
  ASSERT_EQ(symlink(folder.File("key.pem").c_str(), folder.File("link").c_str()), 0);
  EXPECT_EQ(ReasonOf(ReadKeyFile(folder.File("link")).status()), "KEY_FILE_NOT_PRIVATE");
  ASSERT_EQ(mkfifo(folder.File("pipe").c_str(), 0600), 0);
  EXPECT_EQ(ReasonOf(ReadKeyFile(folder.File("pipe")).status()), "KEY_FILE_NOT_PRIVATE");
  EXPECT_EQ(ReasonOf(ReadKeyFile(folder.path()).status()), "KEY_FILE_NOT_PRIVATE");
  EXPECT_EQ(ReadKeyFile(folder.File("none")).status().code(), absl::StatusCode::kNotFound);
}

TEST(KeyFileTest, BadContentIsInvalidAndNotQuoted) {
  TempFolder folder;
  const std::string path = folder.File("key.pem");
  ASSERT_TRUE(WriteSecretFile(path, "swordfish").ok());
  const auto refused = ReadKeyFile(path);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  const std::string message(refused.status().message());
  EXPECT_NE(message.find(path), std::string::npos);
  EXPECT_EQ(message.find("swordfish"), std::string::npos);
}

TEST(KeyFileTest, AHugeFileIsRefused) {
  TempFolder folder;
  const std::string path = folder.File("big");
  ASSERT_TRUE(WriteSecretFile(path, std::string(kMaxSecretFileBytes, 'x')).ok());
  EXPECT_TRUE(ReadSecretFile(path).ok());
  ASSERT_EQ(truncate(path.c_str(), kMaxSecretFileBytes + 1), 0);
  EXPECT_EQ(ReasonOf(ReadSecretFile(path).status()), "FILE_TOO_LARGE");
}

TEST(KeyFileTest, AMissingFolderIsAnError) {
  TempFolder folder;
  EXPECT_EQ(WriteSecretFile(folder.File("no/key"), "x").code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace candor
