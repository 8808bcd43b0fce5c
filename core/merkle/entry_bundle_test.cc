// SPDX-License-Identifier: Apache-2.0
#include "core/merkle/entry_bundle.h"

#include <limits>

#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

using std::string_literals::operator""s;

TEST(EntryBundleTest, RoundTrips) {
  const std::vector<std::string> entries = {"first", "", "third\0"s, std::string(65535, 'x')};
  const std::string bundle = EncodeEntryBundle(entries).value();
  EXPECT_EQ(bundle.substr(0, 9),
            "\0\x05"
            "first\0\0"s);
  EXPECT_EQ(bundle.size(), 4 * 2 + 5 + 0 + 6 + 65535u);
  EXPECT_EQ(DecodeEntryBundle(bundle, 4).value(), entries);
  for (size_t width = 1; width <= 256; ++width) {
    const std::vector<std::string> same(width, "entry");
    EXPECT_EQ(DecodeEntryBundle(EncodeEntryBundle(same).value(), width).value(), same);
  }
}

TEST(EntryBundleTest, EncodingRefusesWhatDoesNotFit) {
  for (const auto& entries : {std::vector<std::string>(), std::vector<std::string>(257, "entry"),
                              std::vector<std::string>(1, std::string(65536, 'x'))}) {
    EXPECT_EQ(ReasonOf(EncodeEntryBundle(entries).status()), "MALFORMED_ENTRY_BUNDLE");
  }
}

TEST(EntryBundleTest, DecodingRefusesEveryTruncationAndExtension) {
  const std::vector<std::string> entries = {"one", "", "three"};
  const std::string bundle = EncodeEntryBundle(entries).value();
  for (size_t size = 0; size < bundle.size(); ++size) {
    EXPECT_EQ(ReasonOf(DecodeEntryBundle(bundle.substr(0, size), 3).status()),
              "MALFORMED_ENTRY_BUNDLE")
        << size;
  }
  for (const std::string& extra : {"\0"s, "\0\0"s, "x"s}) {
    EXPECT_FALSE(DecodeEntryBundle(bundle + extra, 3).ok());
  }
  for (uint16_t width : {0, 1, 2, 4, 256, 257, 65535}) {
    EXPECT_FALSE(DecodeEntryBundle(bundle, width).ok()) << width;
  }
  EXPECT_FALSE(DecodeEntryBundle("", 0).ok());
}

TEST(EntryBundleTest, Paths) {
  EXPECT_EQ(EntryBundlePath(0, 256), "tile/entries/000");
  EXPECT_EQ(EntryBundlePath(1234067, 256), "tile/entries/x001/x234/067");
  EXPECT_EQ(EntryBundlePath(1067, 12), "tile/entries/x001/067.p/12");
  for (uint64_t index : {uint64_t{0}, uint64_t{999}, uint64_t{1000}, uint64_t{1000000},
                         std::numeric_limits<uint64_t>::max()}) {
    for (uint16_t width : {1, 9, 255, 256}) {
      const EntryBundleId id = {index, width};
      EXPECT_EQ(ParseEntryBundlePath(EntryBundlePath(index, width)).value(), id);
    }
  }
}

TEST(EntryBundleTest, RefusesOtherPaths) {
  for (const std::string& path :
       {""s, "tile/entries"s, "tile/entries/"s, "/tile/entries/000"s, "tile/0/000"s,
        "tile/entries/000/"s, "tile/entries/0"s, "tile/entries/000.p/256"s,
        "tile/entries/x000/001"s, "tile/entries/000\0"s}) {
    EXPECT_EQ(ReasonOf(ParseEntryBundlePath(path).status()), "MALFORMED_TILE_PATH") << path;
  }
}

}  // namespace
}  // namespace candor
