// SPDX-License-Identifier: Apache-2.0
#include "base/http_fields.h"

#include <gtest/gtest.h>

#include <string>

namespace candor {
namespace {

TEST(HttpFieldsTest, WhoPrefersGzip) {
  for (const char* accept :
       {"gzip", "GZIP", "x-gzip", "deflate, gzip;q=0.5", "*", "gzip, identity", "identity, gzip",
        "identity;q=0.1, gzip;q=0.2", "gzip;q=0.001", "gzip;q=0.5, identity;q=0.5", "*;q=0.3",
        "gzip ; q=1.0", "gzip;Q=0.9", "gzip;q=nonsense", "gzip;q=1.001", "gzip;x=1",
        "identity;q=0, *", "br;q=1, gzip;q=0.8, *;q=0.1", " ,gzip,, "}) {
    EXPECT_TRUE(PrefersGzip(accept)) << accept;
  }
  for (const char* accept :
       {"", "identity", "br", "gzip;q=0", "gzip;q=0.", "gzip; q=0.000", "gzip;q=0, *", "*;q=0",
        "gzip;q=0.5, identity", "gzip;q=0.5, identity;q=0.501", "*;q=0.5, identity;q=0.6",
        "gzipped", "not-gzip", ";q=1"}) {
    EXPECT_FALSE(PrefersGzip(accept)) << accept;
  }
}

TEST(HttpFieldsTest, EntityTags) {
  const struct {
    const char* list;
    const char* tag;
    bool weak;
    bool strong;
  } kCases[] = {
      {"\"t\"", "\"t\"", true, true},        {"W/\"t\"", "\"t\"", true, false},
      {"\"t\"", "W/\"t\"", true, false},     {"W/\"t\"", "W/\"t\"", true, false},
      {"\"a\", \"t\"", "\"t\"", true, true}, {"*", "\"t\"", true, true},
      {"\"x\"", "\"t\"", false, false},      {"t", "\"t\"", false, false},
      {"\"t", "\"t\"", false, false},        {"w/\"t\"", "\"t\"", false, false},
      {",,,", "\"t\"", false, false},        {"", "\"t\"", false, false},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(HasEntityTag(c.list, c.tag, TagComparison::kWeak), c.weak) << c.list << " " << c.tag;
    EXPECT_EQ(HasEntityTag(c.list, c.tag, TagComparison::kStrong), c.strong)
        << c.list << " " << c.tag;
  }
}

// Every pair of positions around a body of 3 bytes, against the definition.
TEST(HttpFieldsTest, EveryRangeOfASmallBody) {
  constexpr uint64_t kSize = 3;
  for (uint64_t first = 0; first <= 5; ++first) {
    const bool inside = first < kSize;
    const std::string begin = "bytes=" + std::to_string(first) + "-";
    EXPECT_EQ(ParseRange(begin, kSize),
              inside ? (ByteRange{first, kSize - first}) : (ByteRange{0, 0}));
    for (uint64_t last = first; last <= 5; ++last) {
      const uint64_t end = std::min(last + 1, kSize);
      EXPECT_EQ(ParseRange(begin + std::to_string(last), kSize),
                inside ? (ByteRange{first, end - first}) : (ByteRange{0, 0}));
    }
    if (first > 0) {
      EXPECT_EQ(ParseRange(begin + std::to_string(first - 1), kSize), std::nullopt);
    }
    const uint64_t suffix = std::min(first, kSize);
    EXPECT_EQ(ParseRange("bytes=-" + std::to_string(first), kSize),
              (ByteRange{kSize - suffix, suffix}));
  }
}

TEST(HttpFieldsTest, RangesBeyondNumbersAndForms) {
  const std::string huge(40, '9');
  EXPECT_EQ(ParseRange("bytes=1-" + huge, 10), (ByteRange{1, 9}));
  EXPECT_EQ(ParseRange("bytes=-" + huge, 10), (ByteRange{0, 10}));
  EXPECT_EQ(ParseRange("bytes=" + huge + "-", 10), (ByteRange{}));
  EXPECT_EQ(ParseRange("bytes=18446744073709551615-18446744073709551616", 10), (ByteRange{}));
  EXPECT_EQ(ParseRange("bytes=00-01", 10), (ByteRange{0, 2}));
  EXPECT_EQ(ParseRange("Bytes= 1-2 ", 10), (ByteRange{1, 2}));
  for (const char* range : {"", "bytes", "bytes=", "bytes=-", "bytes=1", "bytes=a-b", "bytes=1-b",
                            "bytes=+1-2", "bytes=1--2", "bytes=--2", "bytes=1-2,3-4", "bytes=1-2,",
                            "bytes=1 - 2", "lines=0-1", "bytes 0-1", "bytes=0x1-2", "bytes=2-1"}) {
    EXPECT_EQ(ParseRange(range, 10), std::nullopt) << range;
  }
}

}  // namespace
}  // namespace candor
