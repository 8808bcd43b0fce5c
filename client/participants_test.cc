// SPDX-License-Identifier: Apache-2.0
#include "client/participants.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/attest/testing.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

std::string KeyText(uint32_t number, KeyAlgorithm algorithm = KeyAlgorithm::kEd25519) {
  return Base64Encode(TestKey(number, algorithm).public_key().spki());
}

absl::StatusOr<Participants> Parse(std::string_view text) {
  return Participants::Parse(text, [](const std::string& path) -> absl::StatusOr<std::string> {
    if (path == "keys/acme.pub") return TestKey(3).public_key().pem();
    if (path == "bad.pub") return std::string("no PEM");
    return absl::NotFoundError(absl::StrCat("cannot open ", path, ": no such file"));
  });
}

// A participant with key number 1, then `more`.
std::string Acme(std::string_view more = "allow pkg:generic/acme.example/\n") {
  return absl::StrCat("participant acme.example\nkey one ", KeyText(1), "\n", more);
}

TEST(ParticipantsTest, ReadsEverything) {
  const absl::StatusOr<Participants> participants = Parse(absl::StrCat(
      "# reviewed \xC3\xBC by IT\n\n  \t\nparticipant\tacme.example\n  key one ", KeyText(1),
      "\n  # old\n\tkey two file keys/acme.pub  \nallow pkg:generic/acme.example/\n",
      "allow pkg:deb/debian/curl\naccept release slsa-provenance\nthreshold 2\n",
      "participant other.example\nkey one ", KeyText(2, KeyAlgorithm::kEcdsaP256Sha256),
      "\nallow pkg:npm/%40other/\n"));
  ASSERT_TRUE(participants.ok()) << participants.status();
  ASSERT_EQ(participants->all().size(), 2u);
  const PinnedParticipant& acme = participants->all()[0];
  EXPECT_EQ(acme.name, "acme.example");
  ASSERT_EQ(acme.keys.size(), 2u);
  EXPECT_EQ(acme.keys[1].name, "two");
  EXPECT_EQ(acme.keys[1].key, TestKey(3).public_key());
  EXPECT_EQ(acme.allow.size(), 2u);
  EXPECT_EQ(acme.accept,
            (std::vector<PredicateKind>{PredicateKind::kRelease, PredicateKind::kProvenance}));
  EXPECT_EQ(acme.threshold, 2u);
  EXPECT_FALSE(acme.any_product);
  const PinnedParticipant& other = participants->all()[1];
  EXPECT_EQ(other.accept, std::vector<PredicateKind>{PredicateKind::kRelease});
  EXPECT_EQ(other.threshold, 1u);
}

TEST(ParticipantsTest, FindsByKey) {
  const Participants participants = Parse(Acme()).value();
  const Participants::Match match = participants.Find(TestKey(1).public_key().key_hash());
  ASSERT_TRUE(match);
  EXPECT_EQ(match.participant->name, "acme.example");
  EXPECT_EQ(match.key->name, "one");
  EXPECT_FALSE(participants.Find(TestKey(2).public_key().key_hash()));
}

TEST(ParticipantsTest, RefusesWithTheLine) {
  const struct {
    std::string text;
    std::string_view message;
  } kCases[] = {
      {"", "names no participant"},
      {"# only\n", "names no participant"},
      {"# only", "the file may be cut off"},
      {Acme("allow pkg:generic/acme.example/ca"), "the file may be cut off"},
      {"key one X\n", "line 1: \"key\" stands before"},
      {"allow pkg:a/b\n", "line 1: \"allow\" stands before"},
      {"partcipant acme.example\n", "line 1: \"partcipant\" is unknown"},
      {"participant\n", "line 1: write: participant"},
      {"participant a.example b\n", "line 1: write: participant"},
      {"participant ACME.example\n", "line 1: "},
      {"participant localhost\n", "line 1: "},
      {"participant acme.example\n", "acme.example has no key line"},
      {Acme(""), "acme.example has no allow line"},
      {Acme("participant b.example\n"), "line 3: participant acme.example has no allow line"},
      {Acme() + Acme(), "line 4: acme.example is listed twice"},
      {Acme("key one " + KeyText(2) + "\n"), "line 3: two keys are named \"one\""},
      {Acme("key two " + KeyText(1) + "\n"), "line 3: the key is listed already"},
      {Acme() + "participant b.example\nkey x " + KeyText(1) + "\n",
       "line 5: the key is listed already, for acme.example"},
      {Acme("key two\n"), "line 3: write: key"},
      {Acme("key two files x\n"), "line 3: write: key"},
      {Acme("key two AAAA\n"), "line 3: "},
      {Acme("key two ?\n"), "line 3: the key is not base64"},
      {Acme("key two " + KeyText(2) + "=\n"), "line 3: the key is not base64"},
      {Acme("key two file missing.pub\n"), "line 3: cannot open missing.pub"},
      {Acme("key two file bad.pub\n"), "line 3: "},
      {Acme("key " + std::string(65, 'n') + " " + KeyText(2) + "\n"), "line 3: the key's name"},
      {Acme("allow\n"), "line 3: write: allow"},
      {Acme("allow pkg:deb/\n"), "line 3: "},
      {Acme("allow generic/x/\n"), "line 3: "},
      {Acme("allow pkg:generic/x@1\n"), "line 3: "},
      {Acme("allow pkg:generic/x/\nallow pkg:generic/x/\n"),
       "line 4: pkg:generic/x/ is allowed twice"},
      {Acme("accept\n"), "line 3: write: accept"},
      {Acme("accept releases\n"), "line 3: \"releases\" is not a kind"},
      {Acme("accept grant\n"), "line 3: \"grant\" is not a kind of product statement"},
      {Acme("accept release release\n"), "line 3: release is accepted twice"},
      {Acme("threshold 0\n"), "line 3: write: threshold"},
      {Acme("threshold 01\n"), "line 3: write: threshold"},
      {Acme("threshold 65\n"), "line 3: write: threshold"},
      {Acme("threshold 1\nthreshold 1\n"), "line 4: the participant has two threshold lines"},
      {Acme("allow pkg:generic/x/\nthreshold 2\n"), "has threshold 2 but only 1 keys"},
      {"participant acme.example\r\n", "line 1: has a carriage return"},
      {"participant acme.ex\x01mple\n", "line 1: has a character"},
      {"participant \xC3\xA4.example\n", "line 1: has a character"},
  };
  for (const auto& c : kCases) {
    const absl::StatusOr<Participants> participants = Parse(c.text);
    ASSERT_FALSE(participants.ok()) << c.text;
    EXPECT_EQ(ReasonOf(participants.status()), "PARTICIPANTS_INVALID") << c.text;
    EXPECT_TRUE(absl::StrContains(participants.status().message(), c.message))
        << participants.status() << "\n"
        << c.message;
  }
}

TEST(ParticipantsTest, Bounds) {
  EXPECT_TRUE(absl::StrContains(
      Parse(std::string(kMaxParticipantsBytes + 1, '#')).status().message(), "larger than"));
  std::string text = Acme();
  for (size_t i = 1; i < kMaxPinnedPrefixes; ++i) absl::StrAppend(&text, "allow pkg:a/", i, "/\n");
  EXPECT_TRUE(Parse(text).ok());
  EXPECT_TRUE(absl::StrContains(Parse(text + "allow pkg:b/c/\n").status().message(),
                                "more than 256 allow lines"));
}

TEST(ParticipantsTest, OneKeyWithoutAFile) {
  const PublicKey key = TestKey(1).public_key();
  EXPECT_TRUE(Participants::FromKey(key, {}).all()[0].any_product);
  const Participants bounded =
      Participants::FromKey(key, {PurlPrefix::Parse("pkg:generic/a/").value()});
  EXPECT_FALSE(bounded.all()[0].any_product);
  EXPECT_TRUE(bounded.Find(key.key_hash()));
}

}  // namespace
}  // namespace candor
