// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/signature.h"

#include <string>
#include <vector>

#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

constexpr KeyAlgorithm kEcdsa = KeyAlgorithm::kEcdsaP256Sha256;
constexpr KeyAlgorithm kEd25519 = KeyAlgorithm::kEd25519;

// RFC 6979 appendix A.2.5, SHA-256, message "sample": its s is high.
const std::string kR = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716";
const std::string kHighS = "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
const std::string kLowS = "0834e36ad29a83bf2bc9385e491d6099c8fdf9d1ed67aa7ea5f51f93782857a9";

const std::string kOrder = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
const std::string kOrderMinus1 = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550";
const std::string kHalf = "7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8";
const std::string kHalfPlus1 = "7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a9";
const std::string kZero(64, '0');
const std::string kOne = std::string(63, '0') + "1";

// The canonical form in hex, or the reason.
std::string Normalised(KeyAlgorithm algorithm, const std::string& hex) {
  const auto signature = NormaliseSignature(algorithm, HexDecode(hex).value());
  return signature.ok() ? HexEncode(*signature) : ReasonOf(signature.status());
}

struct Case {
  std::string what;
  std::string signature;
  std::string canonical;  // "" when it must be refused.
};

void Check(KeyAlgorithm algorithm, const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    EXPECT_EQ(Normalised(algorithm, c.signature),
              c.canonical.empty() ? "MALFORMED_SIGNATURE" : c.canonical)
        << c.what;
  }
}

TEST(SignatureTest, EcdsaRaw) {
  Check(kEcdsa, {
                    {"high s", kR + kHighS, kR + kLowS},
                    {"low s", kR + kLowS, kR + kLowS},
                    {"s at half the order", kR + kHalf, kR + kHalf},
                    {"s above half the order", kR + kHalfPlus1, kR + kHalf},
                    {"s = n-1", kR + kOrderMinus1, kR + kOne},
                    {"smallest", kOne + kOne, kOne + kOne},
                    {"largest r", kOrderMinus1 + kOne, kOrderMinus1 + kOne},
                    {"r = 0", kZero + kOne, ""},
                    {"s = 0", kOne + kZero, ""},
                    {"r = n", kOrder + kOne, ""},
                    {"s = n", kOne + kOrder, ""},
                    {"r = 2^256-1", std::string(64, 'f') + kOne, ""},
                    {"63 bytes", (kR + kLowS).substr(2), ""},
                    {"65 bytes", kR + kLowS + "00", ""},
                    {"empty", "", ""},
                });
}

TEST(SignatureTest, EcdsaDer) {
  const std::string r = "022100" + kR, high = "022100" + kHighS, low = "0220" + kLowS;
  Check(kEcdsa, {
                    {"high s", "3046" + r + high, kR + kLowS},
                    {"low s", "3045" + r + low, kR + kLowS},
                    {"small numbers", "3006020101020101", kOne + kOne},
                    {"trailing byte", "3045" + r + low + "00", ""},
                    {"trailing byte inside", "3046" + r + low + "00", ""},
                    {"truncated", "3045" + r + low.substr(0, low.size() - 2), ""},
                    {"long form of the length", "308145" + r + low, ""},
                    {"indefinite length", "3080" + r + low + "0000", ""},
                    {"r without its zero byte (negative)", "30440220" + kR + low, ""},
                    {"s with a needless zero byte", "3046" + r + "022100" + kLowS, ""},
                    {"only r", "3023" + r, ""},
                    {"three numbers", "3048" + r + low + "020101", ""},
                    {"r = 0", "3006020100020101", ""},
                    {"s = 0", "3006020101020100", ""},
                    {"empty number", "30050200020101", ""},
                    {"negative", "30060201ff020101", ""},
                    {"s = n", "3026020101022100" + kOrder, ""},
                    {"33 bytes", "302602010102210100" + kOrder.substr(2), ""},
                    {"a set", "3145" + r + low, ""},
                    {"a boolean", "3006010101020101", ""},
                    {"very long", "3045" + std::string(2000, '0'), ""},
                    {"empty sequence", "3000", ""},
                });
}

TEST(SignatureTest, Ed25519) {
  const std::string r = std::string(64, '7');
  const std::string order = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
  const std::string below = "ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
  Check(kEd25519, {
                      {"S = 0", r + kZero, r + kZero},
                      {"S = L-1", r + below, r + below},
                      {"S = L", r + order, ""},
                      {"S = 2^256-1", r + std::string(64, 'f'), ""},
                      {"63 bytes", (r + below).substr(2), ""},
                      {"65 bytes", r + below + "00", ""},
                      {"empty", "", ""},
                  });
}

TEST(SignatureTest, NormalisingTwiceChangesNothing) {
  const std::string once = Normalised(kEcdsa, kR + kHighS);
  EXPECT_EQ(Normalised(kEcdsa, once), once);
}

TEST(SignatureTest, OthersGetDer) {
  const auto for_others = [](const std::string& hex) {
    return HexEncode(SignatureForOthers(kEcdsa, HexDecode(hex).value()));
  };
  EXPECT_EQ(for_others(kR + kLowS), "3045022100" + kR + "0220" + kLowS);
  EXPECT_EQ(for_others(kOne + kOne), "3006020101020101");
  EXPECT_EQ(for_others(kOne + kHalf),
            "3025020101"
            "0220" +
                kHalf);
  for (const std::string& hex : {kR + kLowS, kOne + kOne, kOne + kHalf, kOrderMinus1 + kOne}) {
    EXPECT_EQ(Normalised(kEcdsa, for_others(hex)), hex);
  }
  EXPECT_EQ(SignatureForOthers(kEd25519, std::string(64, 'x')), std::string(64, 'x'));
}

// 29 bytes each are 64 bytes of DER, which would read as r||s.
TEST(SignatureTest, DerIsNeverTakenForRaw) {
  const std::string number = std::string(6, '0') + "1" + std::string(57, '2');
  const std::string hex = number + number;
  const std::string others = SignatureForOthers(kEcdsa, HexDecode(hex).value());
  EXPECT_EQ(Normalised(kEcdsa, HexEncode(others)), hex);
}

}  // namespace
}  // namespace candor
