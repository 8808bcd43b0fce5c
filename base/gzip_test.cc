// SPDX-License-Identifier: Apache-2.0
#include "base/gzip.h"

#include <gtest/gtest.h>

#include <string>

#include "base/random.h"
#include "core/util/reason.h"

namespace candor {
namespace {

TEST(GzipTest, RoundTrips) {
  FakeRandom random(1);
  for (const size_t size : {0u, 1u, 100u, 65536u, 100000u}) {
    for (const std::string& data : {std::string(size, 'a'), random.Bytes(size)}) {
      for (const int level : {-1, 6, 99}) {
        const std::string packed = GzipCompress(data, level);
        EXPECT_EQ(packed, GzipCompress(data, level));
        EXPECT_EQ(GzipDecompress(packed, size).value(), data);
      }
    }
  }
}

TEST(GzipTest, IsBounded) {
  const std::string bomb = GzipCompress(std::string(2'000'000, '\0'), 6);
  EXPECT_LT(bomb.size(), 20'000u);
  const auto refused = GzipDecompress(bomb, 1'000'000);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(refused.status()), "GZIP_TOO_LARGE");
}

TEST(GzipTest, EveryTruncationIsRefused) {
  const std::string packed = GzipCompress("the quick brown fox jumps over the lazy dog");
  for (size_t size = 0; size < packed.size(); ++size) {
    EXPECT_FALSE(GzipDecompress(packed.substr(0, size), 1000).ok()) << size;
  }
}

TEST(GzipTest, NoFlippedBitChangesTheContent) {
  const std::string data = "the quick brown fox jumps over the lazy dog";
  const std::string packed = GzipCompress(data);
  constexpr size_t kHeaderBytes = 10;  // has fields that mean nothing for the content
  for (size_t i = kHeaderBytes; i < packed.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = packed;
      damaged[i] = static_cast<char>(damaged[i] ^ (1 << bit));
      // Deflate's last byte has bits that nothing reads.
      EXPECT_EQ(GzipDecompress(damaged, 1000).value_or(data), data) << i << " " << bit;
    }
  }
}

TEST(GzipTest, OneMemberAndNothingElse) {
  const std::string packed = GzipCompress("x");
  for (const std::string& data :
       {packed + "y", packed + packed, packed + std::string(8, '\0'), std::string(18, '\0'),
        std::string("plain text is no gzip at all")}) {
    EXPECT_EQ(GzipDecompress(data, 1000).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST(GzipTest, AnImpossibleClaimedSizeAllocatesNothing) {
  std::string packed = GzipCompress("x");
  packed[packed.size() - 1] = '\x3f';  // about one GiB
  EXPECT_EQ(ReasonOf(GzipDecompress(packed, size_t{1} << 31).status()), "GZIP_MALFORMED");
}

}  // namespace
}  // namespace candor
