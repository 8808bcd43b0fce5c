// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/hash.h"

#include <set>

#include "absl/container/flat_hash_set.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

constexpr char kAbc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(HashTest, KnownAnswers) {  // FIPS 180-4's examples.
  EXPECT_EQ(Sha256("").hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256("abc").hex(), kAbc);
  EXPECT_EQ(Sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").hex(),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(Sha256(std::string(1000000, 'a')).hex(),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(HashTest, HasherTakesPiecesAndStartsAnew) {
  Sha256Hasher hasher;
  EXPECT_EQ(hasher.Final(), Sha256(""));
  for (std::string_view piece : {"a", "", "bc"}) hasher.Update(piece);
  EXPECT_EQ(hasher.Final().hex(), kAbc);
  hasher.Update("abc");
  EXPECT_EQ(hasher.Final().hex(), kAbc);
}

TEST(HashTest, RoundTrips) {
  const Hash hash = Sha256("abc");
  EXPECT_EQ(Hash::FromBytes(hash.bytes()).value(), hash);
  EXPECT_EQ(Hash::FromHex(hash.hex()).value(), hash);
  EXPECT_EQ(Hash().hex(), std::string(64, '0'));
}

TEST(HashTest, RefusesOtherLengthsAndForms) {
  for (size_t size : {0u, 1u, 31u, 33u, 64u}) {
    EXPECT_EQ(ReasonOf(Hash::FromBytes(std::string(size, 'x')).status()), "MALFORMED_HASH");
  }
  for (size_t size : {0u, 32u, 63u, 65u}) {
    EXPECT_EQ(ReasonOf(Hash::FromHex(std::string(size, '0')).status()), "MALFORMED_HASH");
  }
  EXPECT_EQ(ReasonOf(Hash::FromHex(std::string(64, 'A')).status()), "MALFORMED_HEX");
}

TEST(HashTest, OrdersBytewiseAndHashes) {
  const Hash low = Hash::FromHex("00" + std::string(62, 'f')).value();
  const Hash high = Hash::FromHex("80" + std::string(62, '0')).value();
  EXPECT_LT(low, high);
  EXPECT_NE(low, high);
  EXPECT_EQ((std::set<Hash>{high, low, high}.size()), 2u);
  EXPECT_EQ((absl::flat_hash_set<Hash>{high, low, high}.size()), 2u);
  EXPECT_EQ((absl::flat_hash_set<KeyHash>{{high}, {low}, {high}}.size()), 2u);
  EXPECT_LT((KeyHash{low}), (KeyHash{high}));
}

}  // namespace
}  // namespace candor
