// SPDX-License-Identifier: Apache-2.0
#include "log/publisher/publisher_health.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace candor {

std::string QuorumProblem(const std::vector<WitnessHealth>& witnesses,
                          std::optional<size_t> needed) {
  const auto answered = std::count_if(
      witnesses.begin(), witnesses.end(),
      [](const WitnessHealth& witness) { return witness.state == WitnessState::kCosigned; });
  std::string words =
      absl::StrCat("only ", answered, " of ", witnesses.size(), " witnesses answered; the policy ");
  if (needed.has_value()) {
    absl::StrAppend(&words, "needs ", *needed);
  } else {
    absl::StrAppend(&words, "needs more");
  }
  const char* separator = ": ";
  for (const WitnessHealth& witness : witnesses) {
    if (witness.error.empty()) continue;
    absl::StrAppend(&words, separator, witness.name, " ", witness.error);
    separator = "; ";
  }
  return words;
}

}  // namespace candor
