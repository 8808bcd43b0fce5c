// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/private_key.h"

#include <openssl/err.h>

#include <string>
#include <type_traits>
#include <utility>

#include "core/crypto/pem.h"
#include "core/crypto/signature.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

static_assert(!std::is_copy_constructible_v<PrivateKey>);
static_assert(!std::is_copy_assignable_v<PrivateKey>);
static_assert(std::is_nothrow_move_constructible_v<PrivateKey>);

std::string Bytes(std::string_view hex) { return HexDecode(hex).value(); }

class PrivateKeyTest : public testing::TestWithParam<KeyAlgorithm> {};

INSTANTIATE_TEST_SUITE_P(Algorithms, PrivateKeyTest,
                         testing::Values(KeyAlgorithm::kEcdsaP256Sha256, KeyAlgorithm::kEd25519));

TEST_P(PrivateKeyTest, SignsWhatItsPublicKeyVerifies) {
  for (char fill = 0; fill < 32; ++fill) {
    const PrivateKey key = PrivateKey::FromSeed(GetParam(), std::string(32, fill)).value();
    EXPECT_EQ(key.algorithm(), GetParam());
    for (const std::string& message : {std::string(), std::string(1000, 'm')}) {
      const std::string signature = key.Sign(message).value();
      EXPECT_EQ(signature.size(), kSignatureSize);
      EXPECT_EQ(NormaliseSignature(GetParam(), signature).value(), signature);
      EXPECT_TRUE(key.public_key().Verify(message, signature).ok());
      EXPECT_FALSE(key.public_key().Verify(message + "x", signature).ok());
    }
  }
}

TEST_P(PrivateKeyTest, SeedDeterminesTheKey) {
  const auto key = [](char fill) {
    return PrivateKey::FromSeed(GetParam(), std::string(32, fill)).value().public_key();
  };
  EXPECT_EQ(key(1), key(1));
  EXPECT_NE(key(1), key(2));
  EXPECT_TRUE(PrivateKey::FromSeed(GetParam(), std::string(32, '\xff')).ok());
}

TEST_P(PrivateKeyTest, RefusesOtherSeedLengths) {
  for (size_t size : {0, 31, 33, 64}) {
    EXPECT_EQ(ReasonOf(PrivateKey::FromSeed(GetParam(), std::string(size, 's')).status()),
              "MALFORMED_PRIVATE_KEY");
  }
}

TEST_P(PrivateKeyTest, PemRoundTrips) {
  const PrivateKey key = PrivateKey::FromSeed(GetParam(), std::string(32, 'k')).value();
  const SecretString pem = key.ToPkcs8Pem();
  const PrivateKey again = PrivateKey::FromPkcs8Pem(pem).value();
  EXPECT_EQ(again.public_key(), key.public_key());
  EXPECT_EQ(again.ToPkcs8Pem().view(), pem.view());
}

TEST_P(PrivateKeyTest, RefusesTruncatedAndExtendedDer) {
  const PrivateKey key = PrivateKey::FromSeed(GetParam(), std::string(32, 'k')).value();
  const SecretString der = PemDecode("PRIVATE KEY", key.ToPkcs8Pem()).value();
  for (size_t size = 1; size < der.view().size(); ++size) {
    const SecretString pem = PemEncode("PRIVATE KEY", der.view().substr(0, size));
    EXPECT_EQ(ReasonOf(PrivateKey::FromPkcs8Pem(pem).status()), "MALFORMED_PRIVATE_KEY");
  }
  const SecretString longer = PemEncode("PRIVATE KEY", std::string(der.view()) + '\0');
  EXPECT_EQ(ReasonOf(PrivateKey::FromPkcs8Pem(longer).status()), "MALFORMED_PRIVATE_KEY");
  EXPECT_EQ(ERR_peek_error(), 0u);
}

TEST_P(PrivateKeyTest, Moves) {
  PrivateKey first = PrivateKey::FromSeed(GetParam(), std::string(32, 'k')).value();
  const PublicKey public_key = first.public_key();
  PrivateKey second(std::move(first));
  EXPECT_TRUE(public_key.Verify("m", second.Sign("m").value()).ok());
  first = std::move(second);
  EXPECT_TRUE(public_key.Verify("m", first.Sign("m").value()).ok());
}

TEST(PrivateKeyEd25519Test, KnownAnswer) {  // RFC 8032 section 7.1, test 3.
  const PrivateKey key =
      PrivateKey::FromSeed(
          KeyAlgorithm::kEd25519,
          Bytes("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"))
          .value();
  EXPECT_EQ(HexEncode(key.public_key().ed25519_bytes()),
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
  EXPECT_EQ(HexEncode(key.Sign(Bytes("af82")).value()),
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f7"
            "60984dc6594a7c15e9716ed28dc027beceea1ec40a");
}

TEST(PrivateKeyEd25519Test, ReadsTheStandardsExample) {  // RFC 8410 section 10.3.
  const std::string pem =
      "-----BEGIN PRIVATE KEY-----\n"
      "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
      "-----END PRIVATE KEY-----\n";
  const PrivateKey key = PrivateKey::FromPkcs8Pem(pem).value();
  EXPECT_EQ(HexEncode(key.public_key().ed25519_bytes()),
            "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1");
  EXPECT_EQ(key.ToPkcs8Pem().view(), pem);
}

// The key of RFC 6979 appendix A.2.5 as other tools write it.
constexpr char kP256Pem[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgya+p2EW6dRZrXCFX\n"
    "Z7HWk05Qw9s26JsSe4piKxIPZyGhRANCAARg/tS6JVqdMclh63TGNW1owEm4kjth\n"
    "+mzmaWIuYPKftnkD/hAIuLyZpBrp6VYovGTy8bIMLX6fUXejwpTURiKZ\n"
    "-----END PRIVATE KEY-----\n";

TEST(PrivateKeyEcdsaTest, ReadsAndWritesWhatOtherToolsDo) {
  const PrivateKey key = PrivateKey::FromPkcs8Pem(kP256Pem).value();
  EXPECT_EQ(HexEncode(key.public_key().spki()),
            "3059301306072a8648ce3d020106082a8648ce3d030107034200"
            "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
            "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299");
  EXPECT_EQ(key.ToPkcs8Pem().view(), kP256Pem);
  EXPECT_TRUE(key.public_key().Verify("sample", key.Sign("sample").value()).ok());
}

TEST(PrivateKeyEcdsaTest, SeedGivesThisKeyForEver) {
  const PrivateKey key =
      PrivateKey::FromSeed(KeyAlgorithm::kEcdsaP256Sha256, std::string(32, '\x01')).value();
  EXPECT_EQ(key.public_key().key_hash().hex(),
            "3832f720f634a0f99d828995fb3e44c331193042561e690acf6359b980257ca8");
}

TEST(PrivateKeyEcdsaTest, RefusesAPublicKeyThatIsNotItsOwn) {
  std::string der(PemDecode("PRIVATE KEY", kP256Pem).value().view());
  der.back() = static_cast<char>(der.back() ^ 1);
  EXPECT_EQ(ReasonOf(PrivateKey::FromPkcs8Pem(PemEncode("PRIVATE KEY", der)).status()),
            "MALFORMED_PRIVATE_KEY");
}

TEST(PrivateKeyEcdsaTest, RefusesScalarsOutOfRange) {
  const std::string der(PemDecode("PRIVATE KEY", kP256Pem).value().view());
  const size_t scalar =
      der.find(Bytes("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"));
  ASSERT_NE(scalar, std::string::npos);
  for (const char fill : {'\0', '\xff'}) {
    std::string changed = der;
    changed.replace(scalar, 32, std::string(32, fill));
    EXPECT_EQ(ReasonOf(PrivateKey::FromPkcs8Pem(PemEncode("PRIVATE KEY", changed)).status()),
              "MALFORMED_PRIVATE_KEY");
  }
}

TEST(PrivateKeyKindTest, RefusesOtherKindsOfKey) {
  const std::string secp256k1 =
      "-----BEGIN PRIVATE KEY-----\n"
      "MIGEAgEAMBAGByqGSM49AgEGBSuBBAAKBG0wawIBAQQgWwtkvX9iwqtnZ9hK3XmQ\n"
      "avyC48TmIOro5taDKqgYb0yhRANCAARG7t87DK/8Kvi40NMvqvMtdAR6NhgN8bo2\n"
      "+bwsQgXtFn8DBMmit/PBTwPRj7J9evgLPVp36R7c2pdxB0AJzxbE\n"
      "-----END PRIVATE KEY-----\n";
  const std::string rsa_512 =
      "-----BEGIN PRIVATE KEY-----\n"
      "MIIBVQIBADANBgkqhkiG9w0BAQEFAASCAT8wggE7AgEAAkEAwNBxbAaue/knQkpu\n"
      "IPY/q8HI+gPD81418dCIt4BsPR/G5jIAFqKHhKNok6U+1w7K2JENwigBiIhPF2RG\n"
      "nTl2uQIDAQABAkA6SQhwUli+ayO9+0ftOOMoZYz+XtMGJ22BKruZVP3jP8hu9TnN\n"
      "vCCgNc1ALH5QzWI4HqXWMtscMCHho/M04HaxAiEA51VQ4HDFedH366n3CLRgwq6R\n"
      "ZV0iDKAWgr8RGydu+NUCIQDVX60naiNsNLZmszRFpq7fHe5eWlc0+aqkRsdhXEl4\n"
      "VQIgNCyU0hn9H+2QSfGKiscL77yphEAOFuTgTtrDA+nP6IUCIQCEh5LDQneSBAOv\n"
      "MmurP2aqiqq9zBsSemh09MluPaYcqQIhAJPqkt7cvYTUXhAhmIk5MEs0hLDbw28Z\n"
      "n+RiB6Dq7ykk\n"
      "-----END PRIVATE KEY-----\n";
  for (const std::string& pem : {secp256k1, rsa_512}) {
    EXPECT_EQ(ReasonOf(PrivateKey::FromPkcs8Pem(pem).status()), "MALFORMED_PRIVATE_KEY");
  }
  EXPECT_EQ(ReasonOf(PrivateKey::FromPkcs8Pem("").status()), "MALFORMED_PEM");
}

}  // namespace
}  // namespace candor
