// SPDX-License-Identifier: Apache-2.0
//
// What libFuzzer calls. CANDOR_FUZZ_TARGET is the function of this program (BUILD).
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string broken =
      candor::CANDOR_FUZZ_TARGET(std::string_view(reinterpret_cast<const char*>(data), size))
          .value_or("");
  if (!broken.empty()) {
    std::fprintf(stderr, "BROKEN: %s\n", broken.c_str());
    std::abort();
  }
  return 0;
}
