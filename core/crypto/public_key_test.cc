// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/public_key.h"

#include <openssl/err.h>

#include <string>
#include <vector>

#include "core/crypto/pem.h"
#include "core/crypto/signature.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

std::string Bytes(std::string_view hex) { return HexDecode(hex).value(); }

// RFC 6979 appendix A.2.5.
const std::string kX = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";
const std::string kY = "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
const std::string kP256Header = "3059301306072a8648ce3d020106082a8648ce3d030107034200";
const std::string kP256Spki = kP256Header + "04" + kX + kY;

const std::string kEd25519Key = "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1";
const std::string kEd25519Header = "302a300506032b6570032100";
const std::string kEd25519Spki = kEd25519Header + kEd25519Key;
constexpr char kEd25519Pem[] =  // RFC 8410 section 10.1.
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
    "-----END PUBLIC KEY-----\n";
constexpr char kP256Pem[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7\n"
    "Yfps5mliLmDyn7Z5A/4QCLi8maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==\n"
    "-----END PUBLIC KEY-----\n";

TEST(PublicKeyTest, P256) {
  const PublicKey key = PublicKey::FromSpki(Bytes(kP256Spki)).value();
  EXPECT_EQ(key.algorithm(), KeyAlgorithm::kEcdsaP256Sha256);
  EXPECT_EQ(key.spki(), Bytes(kP256Spki));
  EXPECT_EQ(key.key_hash().value, Sha256(Bytes(kP256Spki)));
  EXPECT_EQ(key.ed25519_bytes(), "");
  EXPECT_EQ(key.pem(), kP256Pem);
  EXPECT_EQ(PublicKey::FromPem(kP256Pem).value(), key);
}

TEST(PublicKeyTest, Ed25519) {
  const PublicKey key = PublicKey::FromSpki(Bytes(kEd25519Spki)).value();
  EXPECT_EQ(key.algorithm(), KeyAlgorithm::kEd25519);
  EXPECT_EQ(key.spki(), Bytes(kEd25519Spki));
  EXPECT_EQ(key.key_hash().value, Sha256(Bytes(kEd25519Spki)));
  EXPECT_EQ(key.ed25519_bytes(), Bytes(kEd25519Key));
  EXPECT_EQ(key.pem(), kEd25519Pem);
  EXPECT_EQ(PublicKey::FromPem(kEd25519Pem).value(), key);
  EXPECT_EQ(PublicKey::FromEd25519(Bytes(kEd25519Key)).value(), key);
}

struct Case {
  std::string what;
  std::string spki;
};

TEST(PublicKeyTest, RefusesEveryOtherEncoding) {
  const std::string p = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
  const std::string zero(64, '0');
  for (const Case& c : std::vector<Case>{
           {"empty", ""},
           {"compressed",
            "3039301306072a8648ce3d020106082a8648ce3d030107032200"
            "03" +
                kX},
           {"compressed, padded to 91 bytes", kP256Header + "03" + kX + zero},
           {"hybrid", kP256Header + "07" + kX + kY},
           {"infinity",
            "3019301306072a8648ce3d020106082a8648ce3d030107030200"
            "00"},
           {"off the curve", kP256Header + "04" + kX + kX},
           {"zero", kP256Header + "04" + zero + zero},
           {"x not reduced", kP256Header + "04" + p + kY},
           {"y not reduced", kP256Header + "04" + kX + p},
           {"trailing byte", kP256Spki + "00"},
           {"truncated", kP256Spki.substr(0, kP256Spki.size() - 2)},
           {"unused bits", kP256Header.substr(0, kP256Header.size() - 2) + "0104" + kX + kY},
           {"secp256k1",
            "3056301006072a8648ce3d020106052b8104000a034200"
            "04" +
                kX + kY},
           {"P-256 with another curve's last byte",
            "3059301306072a8648ce3d020106082a8648ce3d030106034200"
            "04" +
                kX + kY},
           {"ecDH instead of ecPublicKey",
            "3057301106052b8104010c06082a8648ce3d030107034200"
            "04" +
                kX + kY},
           {"no parameters",
            "304f300906072a8648ce3d0201034200"
            "04" +
                kX + kY},
           {"long form of the length",
            "308159301306072a8648ce3d020106082a8648ce3d030107034200"
            "04" +
                kX + kY},
           {"Ed25519 with NULL parameters", "302c300706032b65700500032100" + kEd25519Key},
           {"Ed25519, trailing byte", kEd25519Spki + "00"},
           {"Ed25519, truncated", kEd25519Spki.substr(0, kEd25519Spki.size() - 2)},
           {"Ed25519, 33 bytes", "302b300506032b6570032200" + kEd25519Key + "00"},
           {"Ed25519, unused bits", "302a300506032b6570032101" + kEd25519Key},
           {"X25519", "302a300506032b656e032100" + kEd25519Key},
           {"Ed25519, neutral element", kEd25519Header + "01" + std::string(62, '0')},
           {"Ed25519, small order", kEd25519Header + zero},
           {"Ed25519, non-canonical y", kEd25519Header + "ee" + std::string(60, 'f') + "7f"},
           {"Ed25519, off the curve", kEd25519Header + "02" + std::string(62, '0')},
       }) {
    const absl::Status status = PublicKey::FromSpki(Bytes(c.spki)).status();
    EXPECT_EQ(ReasonOf(status), "MALFORMED_PUBLIC_KEY") << c.what;
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.what;
  }
  EXPECT_EQ(ERR_peek_error(), 0u);
}

// Every bit is needed: with any one flipped, the key is refused or is another key. Never the same.
TEST(PublicKeyTest, EveryFlippedBitChangesTheKey) {
  for (const std::string& spki : {Bytes(kP256Spki), Bytes(kEd25519Spki)}) {
    const size_t header = (spki.size() == 91 ? kP256Header.size() : kEd25519Header.size()) / 2;
    for (size_t bit = 0; bit < 8 * spki.size(); ++bit) {
      std::string changed = spki;
      changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
      const absl::StatusOr<PublicKey> key = PublicKey::FromSpki(changed);
      // The P-256 point leaves the curve; an Ed25519 y may well belong to another point.
      if (bit / 8 < header || spki.size() == 91) {
        EXPECT_FALSE(key.ok()) << bit;
      }
      if (key.ok()) {
        EXPECT_EQ(key->spki(), changed);
      }
    }
  }
}

TEST(PublicKeyTest, PemMustBeAPublicKey) {
  EXPECT_EQ(ReasonOf(PublicKey::FromPem("").status()), "MALFORMED_PEM");
  EXPECT_EQ(ReasonOf(PublicKey::FromPem(PemEncode("PRIVATE KEY", Bytes(kP256Spki))).status()),
            "MALFORMED_PEM");
  EXPECT_EQ(ReasonOf(PublicKey::FromPem(PemEncode("PUBLIC KEY", "\x30")).status()),
            "MALFORMED_PUBLIC_KEY");
}

struct EcdsaVector {
  std::string message;
  std::string r;
  std::string s;
};

TEST(PublicKeyTest, EcdsaKnownAnswers) {  // RFC 6979 appendix A.2.5.
  const PublicKey key = PublicKey::FromSpki(Bytes(kP256Spki)).value();
  for (const EcdsaVector& v : std::vector<EcdsaVector>{
           {"sample", "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
            "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"},
           {"test", "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367",
            "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"}}) {
    const std::string signature = NormaliseSignature(key.algorithm(), Bytes(v.r + v.s)).value();
    EXPECT_TRUE(key.Verify(v.message, signature).ok());
    EXPECT_EQ(ReasonOf(key.Verify(v.message + "x", signature)), "BAD_SIGNATURE");
  }
}

TEST(PublicKeyTest, RefusesHighS) {
  const PublicKey key = PublicKey::FromSpki(Bytes(kP256Spki)).value();
  const std::string high = Bytes(
      "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
      "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");
  EXPECT_EQ(ReasonOf(key.Verify("sample", high)), "MALFORMED_SIGNATURE");
  EXPECT_EQ(ReasonOf(key.Verify("sample", "")), "MALFORMED_SIGNATURE");
  EXPECT_EQ(ReasonOf(key.Verify("sample", std::string(64, '\0'))), "MALFORMED_SIGNATURE");
}

struct Ed25519Vector {
  std::string key;
  std::string message;
  std::string signature;
};

TEST(PublicKeyTest, Ed25519KnownAnswers) {  // RFC 8032 section 7.1, tests 1 to 3.
  for (const Ed25519Vector& v : std::vector<Ed25519Vector>{
           {"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39"
            "701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
           {"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f36"
            "13d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
           {"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f7"
            "60984dc6594a7c15e9716ed28dc027beceea1ec40a"}}) {
    const PublicKey key = PublicKey::FromEd25519(Bytes(v.key)).value();
    EXPECT_TRUE(key.Verify(Bytes(v.message), Bytes(v.signature)).ok());
    EXPECT_EQ(key.Verify("other", Bytes(v.signature)).code(), absl::StatusCode::kPermissionDenied);
  }
}

TEST(PublicKeyTest, Ed25519RefusesSPlusOrder) {  // RFC 8032 test 3, S + L.
  const PublicKey key =
      PublicKey::FromEd25519(
          Bytes("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"))
          .value();
  EXPECT_EQ(
      ReasonOf(key.Verify(
          Bytes("af82"),
          Bytes("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac05d391b0a77904e984"
                "04ef037747a56e4a7c15e9716ed28dc027beceea1ec41a"))),
      "MALFORMED_SIGNATURE");
}

// A key with a component of order 8: two messages whose signatures both satisfy the equation times
// the cofactor, but only the first without it. All verifiers must agree, so this is pinned down.
TEST(PublicKeyTest, Ed25519IsCheckedWithoutCofactor) {
  const PublicKey key =
      PublicKey::FromEd25519(
          Bytes("0cbba71954049ec81385f1a9a40b65bf4f2928735bd8f1248c4ef99a630012b0"))
          .value();
  EXPECT_TRUE(
      key.Verify("cofactor 10",
                 Bytes("7cde56862f4109996654a6e91700b7c3353d084dfaa3d7a877b2a4097ebface28f9b923386"
                       "b9aba3c777bc6eb34c62fa6ea7a86cb61c82ab20ab48e8ddda0100"))
          .ok());
  EXPECT_EQ(
      ReasonOf(key.Verify(
          "cofactor 0",
          Bytes("6a840c14947b583f024a72bf652e24bc1ca78a60cd633a97bb1e77fca0cd2f4542ef834872055fd02f"
                "8af7edffafbb09292346582f83edbbc457e1c525db920e"))),
      "BAD_SIGNATURE");
}

TEST(PublicKeyTest, EveryFlippedBitOfASignatureIsRefused) {
  const PublicKey ecdsa = PublicKey::FromSpki(Bytes(kP256Spki)).value();
  const PublicKey ed25519 =
      PublicKey::FromEd25519(
          Bytes("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"))
          .value();
  const std::string ecdsa_signature = Bytes(
      "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
      "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083");
  const std::string ed25519_signature = Bytes(
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  ASSERT_TRUE(ecdsa.Verify("test", ecdsa_signature).ok());
  ASSERT_TRUE(ed25519.Verify("\x72", ed25519_signature).ok());
  for (size_t bit = 0; bit < 8 * kSignatureSize; ++bit) {
    const auto flip = [bit](std::string signature) {
      signature[bit / 8] = static_cast<char>(signature[bit / 8] ^ (1 << bit % 8));
      return signature;
    };
    EXPECT_FALSE(ecdsa.Verify("test", flip(ecdsa_signature)).ok()) << bit;
    EXPECT_FALSE(ed25519.Verify("\x72", flip(ed25519_signature)).ok()) << bit;
  }
}

}  // namespace
}  // namespace candor
