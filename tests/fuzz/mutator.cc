// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/mutator.h"

#include <algorithm>

namespace candor {
namespace {

constexpr size_t kMaxBytes = 64 * 1024;
constexpr size_t kMaxPiece = 64;
// Where text formats and lengths are at their edges.
constexpr char kInteresting[] = "\0\1\x7f\x80\xff\n\r\t +-=/.0129AZ\"{}[]%@?#\xc3";
constexpr size_t kInterestingBytes = sizeof(kInteresting) - 1;

}  // namespace

// SplitMix64.
uint64_t Mutator::Next() {
  uint64_t z = state_ += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

size_t Mutator::Below(size_t bound) { return bound == 0 ? 0 : Next() % bound; }

std::string Mutator::Mutate(std::string_view input, std::string_view other) {
  std::string bytes(input);
  const size_t changes = 1 + Below(4);
  for (size_t i = 0; i < changes; ++i) Once(bytes, other);
  if (bytes.size() > kMaxBytes) bytes.resize(kMaxBytes);
  return bytes;
}

void Mutator::Once(std::string& bytes, std::string_view other) {
  const size_t at = Below(bytes.size() + 1);
  const size_t length = Below(std::min(kMaxPiece, bytes.size() - at) + 1);
  switch (Below(7)) {
    case 0:
      if (at < bytes.size()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << Below(8)));
      return;
    case 1:
      if (at < bytes.size()) bytes[at] = kInteresting[Below(kInterestingBytes)];
      return;
    case 2:
      bytes.insert(at, 1, kInteresting[Below(kInterestingBytes)]);
      return;
    case 3:
      bytes.erase(at, length);
      return;
    case 4:
      bytes.insert(at, bytes.substr(at, length));
      return;
    case 5:
      bytes.resize(at);
      return;
    default: {
      const size_t from = Below(other.size());
      bytes.insert(at, other.substr(from, Below(kMaxPiece)));
    }
  }
}

}  // namespace candor
