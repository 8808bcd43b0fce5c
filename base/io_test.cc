// SPDX-License-Identifier: Apache-2.0
#include "base/io.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "base/temp_folder.h"
#include "core/util/reason.h"

namespace candor {
namespace {

std::string WriteTestFile(const TempFolder& folder, const std::string& content) {
  const std::string path = folder.File("f");
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

TEST(IoTest, ReadsUpToTheLimit) {
  TempFolder folder;
  for (const size_t size : {0u, 1u, 65535u, 65536u, 65537u, 200000u}) {
    const std::string content(size, 'x');
    const std::string path = WriteTestFile(folder, content);
    EXPECT_EQ(ReadFileBounded(path, size).value(), content);
    EXPECT_EQ(ReadFileBounded(path, size + 1).value(), content);
    if (size == 0) continue;
    const auto refused = ReadFileBounded(path, size - 1);
    EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(ReasonOf(refused.status()), "FILE_TOO_LARGE");
  }
}

TEST(IoTest, ErrorsNameThePath) {
  TempFolder folder;
  const auto missing = ReadFileBounded(folder.File("nothing"), 10);
  EXPECT_EQ(missing.status().code(), absl::StatusCode::kNotFound);
  EXPECT_NE(std::string(missing.status().message()).find("/nothing: No such file"),
            std::string::npos);
  EXPECT_EQ(ReadFileBounded(folder.path(), 10).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(IoTest, APipeIsReadToItsEndAndBounded) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_TRUE(WriteAll(ends[1], "pipe", "hello").ok());
  close(ends[1]);
  EXPECT_EQ(ReadFdBounded(ends[0], "pipe", 5).value(), "hello");
  close(ends[0]);
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_TRUE(WriteAll(ends[1], "pipe", "hello").ok());
  EXPECT_EQ(ReasonOf(ReadFdBounded(ends[0], "pipe", 4).status()), "FILE_TOO_LARGE");
  close(ends[0]);
  close(ends[1]);
}

TEST(IoTest, WritingToABadDescriptorIsAnError) {
  EXPECT_FALSE(WriteAll(-1, "nowhere", "x").ok());
  EXPECT_FALSE(ReadFdBounded(-1, "nowhere", 10).ok());
}

}  // namespace
}  // namespace candor
