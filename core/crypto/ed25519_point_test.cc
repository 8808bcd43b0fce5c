// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/ed25519_point.h"

#include <string>

#include "core/util/encoding.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

std::string_view Defect(std::string_view hex) { return Ed25519PointDefect(HexDecode(hex).value()); }

TEST(Ed25519PointTest, TakesKeys) {  // RFC 8032 section 7.1 and RFC 8410's example.
  for (std::string_view key : {
           "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
           "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
           "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
           "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1",
       }) {
    EXPECT_EQ(Defect(key), "") << key;
  }
}

TEST(Ed25519PointTest, RefusesOtherLengths) {
  for (size_t size : {0, 1, 31, 33, 64}) {
    EXPECT_EQ(Ed25519PointDefect(std::string(size, '\x09')), "does not have 32 bytes");
  }
}

TEST(Ed25519PointTest, RefusesSmallOrder) {  // All eight points, and x = 0 with its sign set.
  for (std::string_view key : {
           "0000000000000000000000000000000000000000000000000000000000000000",
           "0000000000000000000000000000000000000000000000000000000000000080",
           "0100000000000000000000000000000000000000000000000000000000000000",
           "0100000000000000000000000000000000000000000000000000000000000080",
           "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
           "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
           "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
           "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
           "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
       }) {
    EXPECT_EQ(Defect(key), "is a point of small order") << key;
  }
}

TEST(Ed25519PointTest, RefusesEveryNonCanonicalY) {  // 2^255 - 19 up to 2^255 - 1, both signs.
  for (int low = 0xed; low <= 0xff; ++low) {
    std::string key(32, '\xff');
    key[0] = static_cast<char>(low);
    EXPECT_EQ(Ed25519PointDefect(key), "is not canonically encoded");
    key[31] = '\x7f';
    EXPECT_EQ(Ed25519PointDefect(key), "is not canonically encoded");
  }
}

TEST(Ed25519PointTest, KnowsWhichSmallYAreOnTheCurve) {
  // Worked out from the curve's equation by other means.
  const std::string off_curve = {2, 7, 8, 11, 12};
  for (char y = 2; y <= 12; ++y) {
    std::string key(32, '\0');
    key[0] = y;
    const bool on_curve = off_curve.find(y) == std::string::npos;
    EXPECT_EQ(Ed25519PointDefect(key), on_curve ? "" : "is not a point of the curve") << int{y};
  }
}

}  // namespace
}  // namespace candor
