// SPDX-License-Identifier: Apache-2.0
#include "client/artifact_digest.h"

#include <fstream>
#include <string>

#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

// FIPS 180-4 example "abc".
constexpr char kSha256[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr char kSha384[] =
    "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
    "8086072ba1e7cc2358baeca134c825a7";
constexpr char kSha512[] =
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";

TEST(ArtifactHasherTest, KnownAnswersInAnyPieces) {
  for (const size_t cut : {0u, 1u, 2u, 3u}) {
    ArtifactHasher hasher;
    hasher.Update(std::string("abc").substr(0, cut));
    hasher.Update(std::string("abc").substr(cut));
    const ArtifactDigests digests = hasher.Final();
    EXPECT_EQ(digests.sha256, kSha256);
    EXPECT_EQ(digests.sha384, kSha384);
    EXPECT_EQ(digests.sha512, kSha512);
    EXPECT_EQ(digests.size_bytes, 3u);
  }
}

TEST(ArtifactDigestsTest, GetKnowsOnlyTheStrongOnes) {
  const ArtifactDigests digests{"a", "b", "c", 0};
  EXPECT_EQ(digests.Get("sha256"), "a");
  EXPECT_EQ(digests.Get("sha384"), "b");
  EXPECT_EQ(digests.Get("sha512"), "c");
  for (const char* name : {"sha1", "md5", "SHA256", "sha224", "gitCommit", ""}) {
    EXPECT_EQ(digests.Get(name), "") << name;
  }
}

TEST(DigestFileTest, FilesAndErrors) {
  const std::string path = testing::TempDir() + "/artifact_digest_test.bin";
  std::ofstream(path, std::ios::binary) << "abc";
  const auto digests = DigestFile(path);
  ASSERT_TRUE(digests.ok()) << digests.status();
  EXPECT_EQ(digests->sha512, kSha512);

  EXPECT_EQ(DigestFile(path + ".missing").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(DigestFile(testing::TempDir()).status()), "NOT_A_FILE");
}

}  // namespace
}  // namespace candor
