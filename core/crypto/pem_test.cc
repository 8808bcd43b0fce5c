// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/pem.h"

#include <string>
#include <vector>

#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

constexpr char kLabel[] = "PUBLIC KEY";
constexpr char kBegin[] = "-----BEGIN PUBLIC KEY-----\n";
constexpr char kEnd[] = "-----END PUBLIC KEY-----\n";

TEST(PemTest, EveryLengthRoundTrips) {
  for (size_t size = 1; size <= 300; ++size) {
    const std::string der(size, static_cast<char>(size));
    const SecretString pem = PemEncode(kLabel, der);
    const absl::StatusOr<SecretString> decoded = PemDecode(kLabel, pem);
    ASSERT_TRUE(decoded.ok()) << size << decoded.status();
    EXPECT_EQ(decoded->view(), der);
  }
}

TEST(PemTest, TakesCarriageReturnsAndAMissingLastLineEnd) {
  const std::string body = std::string(kBegin) + "Zm9v\n-----END PUBLIC KEY-----";
  EXPECT_EQ(PemDecode(kLabel, body).value().view(), "foo");
  EXPECT_EQ(PemDecode(kLabel, "-----BEGIN PUBLIC KEY-----\r\nZm9v\r\n-----END PUBLIC KEY-----\r\n")
                .value()
                .view(),
            "foo");
}

// As keys look that were kept in a CI system's secrets.
TEST(PemTest, TakesEmptyLinesAtTheEnd) {
  const std::string good = std::string(kBegin) + "Zm9v\n" + kEnd;
  for (const char* lines : {"\n", "\r\n", "\n\n\n"}) {
    EXPECT_EQ(PemDecode(kLabel, good + lines).value().view(), "foo");
  }
}

TEST(PemTest, TakesLinesOfAnyLength) {
  const std::string der(100, 'x');
  const std::string base64 = Base64Encode(der);
  const std::string begin = kBegin, end = kEnd;
  EXPECT_EQ(PemDecode(kLabel, begin + base64 + "\n" + end).value().view(), der);
  EXPECT_EQ(PemDecode(kLabel, begin + "Zm\n9v\n" + end).value().view(), "foo");
}

TEST(PemTest, Refuses) {
  const std::string begin = kBegin, end = kEnd, line = std::string(64, 'A') + "\n";
  const std::string good = begin + "Zm9v\n" + end;
  for (const std::string& text : std::vector<std::string>{
           std::string(),
           begin,
           begin + "Zm9v\n",
           "Zm9v\n" + end,
           "\n" + good,
           " " + good,
           "text before\n" + good,
           good + " ",
           good + "\n ",
           good + "text after\n",
           good + good,
           begin + "\nZm9v\n" + end,
           begin + "Zm9v\n\n" + end,
           begin + " Zm9v\n" + end,
           begin + "Zm9v \n" + end,
           begin + "A" + line + end,
           begin + "Proc-Type: 4,ENCRYPTED\n\nZm9v\n" + end,
           begin + "Zm9v-----END PUBLIC KEY-----\n",
           begin + "Zm9v\n-----END PRIVATE KEY-----\n",
           "-----BEGIN PRIVATE KEY-----\nZm9v\n-----END PRIVATE KEY-----\n",
           "-----BEGIN PUBLIC KEY-----Zm9v\n" + end,
       }) {
    EXPECT_EQ(ReasonOf(PemDecode(kLabel, text).status()), "MALFORMED_PEM") << text;
  }
  for (const char* body : {"Zm9\n", "Zm9=\n", "Zm-_\n", "Zm\t9\n"}) {
    EXPECT_EQ(ReasonOf(PemDecode(kLabel, begin + body + end).status()), "MALFORMED_PEM") << body;
  }
}

TEST(PemTest, RefusesMoreThanTheLimit) {
  std::string text = kBegin;
  while (text.size() <= kMaxPemSize) text += std::string(64, 'A') + "\n";
  EXPECT_EQ(ReasonOf(PemDecode(kLabel, text + kEnd).status()), "MALFORMED_PEM");
}

}  // namespace
}  // namespace candor
