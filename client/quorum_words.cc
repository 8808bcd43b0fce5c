// SPDX-License-Identifier: Apache-2.0
#include "client/quorum_words.h"

#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/terminal_text.h"

namespace candor {
namespace {

// Beyond this the subsets are too many to try; the policy file says it anyway.
constexpr size_t kMaxTried = 12;

// The size of the smallest set of witnesses that meets the quorum, 0 when not found out.
size_t SmallestQuorum(const Policy& policy) {
  const std::vector<PolicyWitness>& witnesses = policy.witnesses();
  if (witnesses.size() > kMaxTried) return 0;
  size_t smallest = 0;
  for (uint32_t set = 1; set < (1u << witnesses.size()); ++set) {
    const auto size = static_cast<size_t>(std::popcount(set));
    if (smallest != 0 && size >= smallest) continue;
    absl::flat_hash_set<std::string> names;
    for (size_t i = 0; i < witnesses.size(); ++i) {
      if ((set >> i & 1) != 0) names.insert(witnesses[i].name);
    }
    if (policy.QuorumSatisfied(names)) smallest = size;
  }
  return smallest;
}

}  // namespace

std::string QuorumWords(const Policy& policy) {
  if (policy.quorum_is_none()) return "no witness";
  const std::string names =
      absl::StrJoin(policy.witnesses(), ", ", [](std::string* out, const PolicyWitness& witness) {
        out->append(ForTerminal(witness.name, 80));
      });
  const size_t smallest = SmallestQuorum(policy);
  if (smallest == 0) return absl::StrCat("its quorum of ", names);
  return absl::StrCat("at least ", smallest, " of ", names);
}

}  // namespace candor
