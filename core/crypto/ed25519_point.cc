// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/ed25519_point.h"

#include <openssl/bn.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace candor {
namespace {

constexpr size_t kSize = 32;
using Bytes = std::array<uint8_t, kSize>;  // Big-endian.

// 2^255 - 19.
constexpr Bytes kPrime = {0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                          0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                          0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xed};
// The curve's d, -121665/121666.
constexpr Bytes kD = {0x52, 0x03, 0x6c, 0xee, 0x2b, 0x6f, 0xfe, 0x73, 0x8c, 0xc7, 0x40,
                      0x79, 0x77, 0x79, 0xe8, 0x98, 0x00, 0x70, 0x0a, 0x4d, 0x41, 0x41,
                      0xd8, 0xab, 0x75, 0xeb, 0x4d, 0xca, 0x13, 0x59, 0x78, 0xa3};

// The y coordinates of the eight points whose order divides 8; x and -x share one.
constexpr std::array<Bytes, 5> kSmallOrderY = {{
    {},  // 0: order 4
    {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
     0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1},  // 1: the neutral element
    {0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xec},  // -1: order 2
    {0x05, 0xfc, 0x53, 0x6d, 0x88, 0x02, 0x38, 0xb1, 0x39, 0x33, 0xc6,
     0xd3, 0x05, 0xac, 0xdf, 0xd5, 0xf0, 0x98, 0xef, 0xf2, 0x89, 0xf4,
     0xc3, 0x45, 0xb0, 0x27, 0xb2, 0xc2, 0x8f, 0x95, 0xe8, 0x26},  // order 8
    {0x7a, 0x03, 0xac, 0x92, 0x77, 0xfd, 0xc7, 0x4e, 0xc6, 0xcc, 0x39,
     0x2c, 0xfa, 0x53, 0x20, 0x2a, 0x0f, 0x67, 0x10, 0x0d, 0x76, 0x0b,
     0x3c, 0xba, 0x4f, 0xd8, 0x4d, 0x3d, 0x70, 0x6a, 0x17, 0xc7},  // order 8
}};

bssl::UniquePtr<BIGNUM> Number(const Bytes& bytes) {
  return bssl::UniquePtr<BIGNUM>(BN_bin2bn(bytes.data(), bytes.size(), nullptr));
}

// Whether some x has -x^2 + y^2 = 1 + d x^2 y^2, that is x^2 = (y^2 - 1) / (d y^2 + 1). The
// quotient is a square exactly when the product is, by Euler's criterion; the denominator is never
// zero. The caller has excluded y^2 = 1.
bool IsOnCurve(const Bytes& y_bytes) {
  const auto p = Number(kPrime), d = Number(kD), y = Number(y_bytes);
  const bssl::UniquePtr<BIGNUM> numerator(BN_new()), denominator(BN_new()), exponent(BN_new());
  const bssl::UniquePtr<BN_CTX> ctx(BN_CTX_new());
  BIGNUM* const u = numerator.get();
  BIGNUM* const v = denominator.get();
  return p && d && y && u && v && exponent && ctx &&  //
         BN_mod_sqr(u, y.get(), p.get(), ctx.get()) &&
         BN_mod_mul(v, d.get(), u, p.get(), ctx.get()) &&
         BN_mod_add(v, v, BN_value_one(), p.get(), ctx.get()) &&
         BN_mod_sub(u, u, BN_value_one(), p.get(), ctx.get()) &&
         BN_mod_mul(u, u, v, p.get(), ctx.get()) &&  //
         BN_rshift1(exponent.get(), p.get()) &&
         BN_mod_exp_mont(v, u, exponent.get(), p.get(), ctx.get(), nullptr) && BN_is_one(v);
}

}  // namespace

std::string_view Ed25519PointDefect(std::string_view bytes) {
  if (bytes.size() != kSize) return "does not have 32 bytes";
  Bytes y;
  std::reverse_copy(bytes.begin(), bytes.end(), y.begin());
  y[0] &= 0x7f;  // The sign of x.
  if (y >= kPrime) return "is not canonically encoded";
  if (std::find(kSmallOrderY.begin(), kSmallOrderY.end(), y) != kSmallOrderY.end()) {
    return "is a point of small order";
  }
  if (!IsOnCurve(y)) return "is not a point of the curve";
  return "";
}

}  // namespace candor
