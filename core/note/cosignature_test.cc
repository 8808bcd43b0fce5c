// SPDX-License-Identifier: Apache-2.0
#include "core/note/cosignature.h"

#include <string>

#include "core/note/testing.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

const char kText[] =
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

// A cosignature as a witness with this key would make it, for any time.
std::string RawCosignature(uint8_t seed, uint64_t time, std::string_view text) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(time >> shift));
  return bytes + TestEd25519Key(seed).Sign(CosignatureMessage(text, time)).value();
}

TEST(CosignatureTest, SignsTheMessageOfTheSpecification) {
  EXPECT_EQ(CosignatureMessage(kText, 1679315147),
            "cosignature/v1\n"
            "time 1679315147\n"
            "example.com/behind-the-sofa\n"
            "20852163\n"
            "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n");
}

TEST(CosignatureTest, VerifiesAndAnswersTheTime) {
  const VerifierKey vkey = TestCosigner("witness.example.com/w1", 7).vkey();
  for (const uint64_t time :
       {uint64_t{0}, uint64_t{1}, uint64_t{1679315147}, kMaxCosignatureTime}) {
    const absl::StatusOr<uint64_t> verified =
        VerifyCosignature(vkey, kText, RawCosignature(7, time, kText));
    ASSERT_TRUE(verified.ok()) << verified.status();
    EXPECT_EQ(*verified, time);
  }
}

TEST(CosignatureTest, RefusesEveryFlippedBit) {
  const VerifierKey vkey = TestCosigner("w", 7).vkey();
  const std::string good = RawCosignature(7, 1679315147, kText);
  for (size_t i = 0; i < good.size() * 8; ++i) {
    std::string bad = good;
    bad[i / 8] ^= static_cast<char>(1 << (i % 8));
    EXPECT_EQ(ReasonOf(VerifyCosignature(vkey, kText, bad).status()), "SIGNATURE_INVALID") << i;
  }
}

TEST(CosignatureTest, RefusesBadInput) {
  const VerifierKey vkey = TestCosigner("w", 7).vkey();
  const std::string good = RawCosignature(7, 5, kText);
  const struct {
    const char* what;
    std::string text;
    std::string signature;
  } kCases[] = {
      {"empty", kText, ""},
      {"short", kText, good.substr(0, good.size() - 1)},
      {"long", kText, good + "x"},
      {"without time", kText, good.substr(8)},
      {"other text", std::string(kText) + "extension\n", good},
      {"another key's", kText, RawCosignature(8, 5, kText)},
      {"time beyond 2^63-1", kText, RawCosignature(7, kMaxCosignatureTime + 1, kText)},
      {"plain signature", kText, good.substr(0, 8) + TestEd25519Key(7).Sign(kText).value()},
  };
  for (const auto& c : kCases) {
    const absl::Status status = VerifyCosignature(vkey, c.text, c.signature).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied) << c.what;
    EXPECT_EQ(ReasonOf(status), "SIGNATURE_INVALID") << c.what;
  }
}

TEST(CosignatureTest, NeedsACosignatureKey) {
  const VerifierKey log = TestLogSigner("w", 7).vkey();
  EXPECT_EQ(VerifyCosignature(log, kText, RawCosignature(7, 5, kText)).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace candor
