// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"

#include <openssl/rand.h>

#include <limits>

namespace candor {

std::string Random::Bytes(size_t count) {
  std::string out(count, '\0');
  Fill(absl::MakeSpan(reinterpret_cast<uint8_t*>(out.data()), out.size()));
  return out;
}

uint64_t Random::Uniform(uint64_t bound) {
  if (bound == 0) return 0;
  // Values from the last, incomplete run of `bound` numbers would make small results likelier.
  constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();
  const uint64_t incomplete = (kMax % bound + 1) % bound;
  uint64_t value = 0;
  do {
    Fill(absl::MakeSpan(reinterpret_cast<uint8_t*>(&value), sizeof(value)));
  } while (value > kMax - incomplete);
  return value % bound;
}

void SystemRandom::Fill(absl::Span<uint8_t> out) {
  // BoringSSL ends the process rather than hand out bad bytes, so there is no error to pass on.
  RAND_bytes(out.data(), out.size());
}

void FakeRandom::Fill(absl::Span<uint8_t> out) {
  MutexLock lock(&mutex_);
  for (uint8_t& byte : out) {
    // SplitMix64, one output per byte: slow, simple and the same everywhere.
    state_ += 0x9e3779b97f4a7c15u;
    uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    byte = static_cast<uint8_t>(mixed >> 56);
  }
}

}  // namespace candor
