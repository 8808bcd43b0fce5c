// SPDX-License-Identifier: Apache-2.0
#include "core/note/vkey.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/note/testing.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

// The example of C2SP signed-note.
constexpr std::string_view kFoo =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

// A vkey whose key id is computed as the standard says.
std::string Vkey(std::string_view name, uint8_t type, std::string_view material) {
  const uint32_t id = NoteKeyId(name, static_cast<SignatureType>(type), material);
  const char id_bytes[] = {static_cast<char>(id >> 24), static_cast<char>(id >> 16),
                           static_cast<char>(id >> 8), static_cast<char>(id)};
  return absl::StrCat(
      name, "+", HexEncode(std::string_view(id_bytes, 4)), "+",
      Base64Encode(absl::StrCat(std::string(1, static_cast<char>(type)), material)));
}

TEST(VerifierKeyTest, ParsesTheExampleOfTheSpecification) {
  const absl::StatusOr<VerifierKey> vkey = VerifierKey::Parse(kFoo);
  ASSERT_TRUE(vkey.ok()) << vkey.status();
  EXPECT_EQ(vkey->name(), "example.com/foo");
  EXPECT_EQ(vkey->key_id(), 0x530d903au);
  EXPECT_EQ(vkey->type(), SignatureType::kEd25519);
  EXPECT_EQ(vkey->material().size(), 32u);
  ASSERT_NE(vkey->public_key(), nullptr);
  EXPECT_EQ(vkey->public_key()->ed25519_bytes(), vkey->material());
  EXPECT_EQ(vkey->ToString(), kFoo);
}

TEST(VerifierKeyTest, CreateAndParseAgree) {
  const PrivateKey key = TestEd25519Key(1);
  for (const SignatureType type : {SignatureType::kEd25519, SignatureType::kCosignatureEd25519}) {
    const absl::StatusOr<VerifierKey> made =
        VerifierKey::Create("witness.example/w", type, key.public_key());
    ASSERT_TRUE(made.ok()) << made.status();
    const absl::StatusOr<VerifierKey> parsed = VerifierKey::Parse(made->ToString());
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(*parsed, *made);
  }
}

TEST(VerifierKeyTest, TypesHaveDifferentKeyIds) {
  const PublicKey key = TestEd25519Key(1).public_key();
  const auto log = VerifierKey::Create("a", SignatureType::kEd25519, key);
  const auto witness = VerifierKey::Create("a", SignatureType::kCosignatureEd25519, key);
  EXPECT_NE(log->key_id(), witness->key_id());
  EXPECT_EQ(log->material(), witness->material());
}

TEST(VerifierKeyTest, CreateRefuses) {
  const PublicKey ed25519 = TestEd25519Key(1).public_key();
  const PrivateKey p256 =
      PrivateKey::FromSeed(KeyAlgorithm::kEcdsaP256Sha256, std::string(32, 1)).value();
  EXPECT_FALSE(VerifierKey::Create("a b", SignatureType::kEd25519, ed25519).ok());
  EXPECT_FALSE(VerifierKey::Create("a", SignatureType::kCosignatureMlDsa44, ed25519).ok());
  EXPECT_FALSE(VerifierKey::Create("a", SignatureType::kEd25519, p256.public_key()).ok());
}

TEST(VerifierKeyTest, UnknownTypesStayOpaque) {
  const std::string kVkeys[] = {
      Vkey("witness.example/pq", 0x06, std::string(1312, 'k')),
      "a+00000000+" + Base64Encode("\x02some ECDSA key"),
      "a+ffffffff+" + Base64Encode("\xFFlonger identifier and key"),
  };
  for (const std::string& text : kVkeys) {
    const absl::StatusOr<VerifierKey> vkey = VerifierKey::Parse(text);
    ASSERT_TRUE(vkey.ok()) << vkey.status();
    EXPECT_EQ(vkey->public_key(), nullptr);
    EXPECT_FALSE(vkey->supported());
    EXPECT_EQ(vkey->ToString(), text);
  }
}

TEST(VerifierKeyTest, MatchesNeedsNameAndId) {
  const VerifierKey vkey = VerifierKey::Parse(kFoo).value();
  EXPECT_TRUE(vkey.Matches({"example.com/foo", 0x530d903a, "s"}));
  EXPECT_FALSE(vkey.Matches({"example.com/bar", 0x530d903a, "s"}));
  EXPECT_FALSE(vkey.Matches({"example.com/foo", 0x530d903b, "s"}));
}

TEST(VerifierKeyTest, RefusesBadInput) {
  const std::string material(TestEd25519Key(1).public_key().ed25519_bytes());
  const std::string small_order = std::string("\x01") + std::string(31, '\0');
  const std::string foo(kFoo);
  const struct {
    const char* what;
    std::string text;
    const char* reason;
  } kCases[] = {
      {"empty", "", "VKEY_INVALID"},
      {"name only", "a", "VKEY_INVALID"},
      {"no key", "a+00000000", "VKEY_INVALID"},
      {"empty key", "a+00000000+", "VKEY_INVALID"},
      {"type only", "a+00000000+AQ==", "VKEY_INVALID"},
      {"empty name", foo.substr(15), "KEY_NAME_INVALID"},
      {"space in name", "a b" + foo.substr(15), "KEY_NAME_INVALID"},
      {"name not UTF-8", "\xFF" + foo.substr(15), "KEY_NAME_INVALID"},
      {"other name", "example.com/bar" + foo.substr(15), "VKEY_INVALID"},
      {"upper-case id", "example.com/foo+530D903A" + foo.substr(24), "VKEY_INVALID"},
      {"short id", "example.com/foo+530d903" + foo.substr(24), "VKEY_INVALID"},
      {"long id", "example.com/foo+00530d903a" + foo.substr(24), "VKEY_INVALID"},
      {"wrong id", "example.com/foo+530d903b" + foo.substr(24), "VKEY_INVALID"},
      {"trailing newline", foo + "\n", "VKEY_INVALID"},
      {"trailing part", foo + "+AA==", "VKEY_INVALID"},
      {"cut off", foo.substr(0, foo.size() - 1), "VKEY_INVALID"},
      {"short Ed25519 key", Vkey("a", 1, material.substr(1)), "VKEY_INVALID"},
      {"long Ed25519 key", Vkey("a", 1, material + "x"), "VKEY_INVALID"},
      {"small-order key", Vkey("a", 1, small_order), "VKEY_INVALID"},
      {"small-order cosigner", Vkey("a", 4, small_order), "VKEY_INVALID"},
      {"wrong id of a cosigner", "a+00000000+" + Base64Encode("\x04" + material), "VKEY_INVALID"},
      {"short ML-DSA key", Vkey("a", 6, std::string(1311, 'k')), "VKEY_INVALID"},
      {"wrong id of an ML-DSA key", "a+00000000+" + Base64Encode("\x06" + std::string(1312, 'k')),
       "VKEY_INVALID"},
      {"too long", "a+00000000+" + Base64Encode("\xFF" + std::string(kMaxVkeyBytes, 'k')),
       "VKEY_INVALID"},
  };
  for (const auto& c : kCases) {
    const absl::StatusOr<VerifierKey> vkey = VerifierKey::Parse(c.text);
    EXPECT_EQ(vkey.status().code(), absl::StatusCode::kInvalidArgument) << c.what;
    EXPECT_EQ(ReasonOf(vkey.status()), c.reason) << c.what << ": " << vkey.status();
  }
  EXPECT_TRUE(VerifierKey::Parse(Vkey("a", 1, material)).ok());
}

}  // namespace
}  // namespace candor
