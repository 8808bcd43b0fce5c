// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace candor {

// Makes one input into another that differs in a few places, always the same ones for the same
// number.
class Mutator {
 public:
  explicit Mutator(uint64_t number) : state_(number) {}

  // `other` is where spliced bytes come from.
  std::string Mutate(std::string_view input, std::string_view other);

 private:
  uint64_t Next();
  size_t Below(size_t bound);  // 0 for 0
  void Once(std::string& bytes, std::string_view other);

  uint64_t state_;
};

}  // namespace candor
