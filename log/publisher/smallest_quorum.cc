// SPDX-License-Identifier: Apache-2.0
#include "log/publisher/smallest_quorum.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>

#include "absl/container/flat_hash_set.h"

namespace candor {
namespace {

constexpr size_t kMaxWitnesses = 12;

bool MeetsQuorum(const Policy& policy, uint32_t members) {
  absl::flat_hash_set<std::string> names;
  for (size_t i = 0; i < policy.witnesses().size(); ++i) {
    if ((members >> i & 1) != 0) names.insert(policy.witnesses()[i].name);
  }
  return policy.QuorumSatisfied(names);
}

}  // namespace

std::optional<size_t> SmallestQuorum(const Policy& policy) {
  const size_t count = policy.witnesses().size();
  if (count > kMaxWitnesses) return std::nullopt;
  std::optional<size_t> smallest;
  for (uint32_t members = 0; members < uint32_t{1} << count; ++members) {
    const size_t size = std::popcount(members);
    if (smallest.has_value() && size >= *smallest) continue;
    if (MeetsQuorum(policy, members)) smallest = size;
  }
  return smallest;
}

}  // namespace candor
