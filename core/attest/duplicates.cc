// SPDX-License-Identifier: Apache-2.0
#include "core/attest/duplicates.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "core/util/status_macros.h"

namespace candor {

std::optional<uint64_t> DuplicateOf(absl::Span<const LoggedKey> logged,
                                    absl::Span<const KeyHash> accepted,
                                    absl::Span<const KeyHash> verified) {
  for (const KeyHash& key : accepted) {
    bool known = std::any_of(logged.begin(), logged.end(),
                             [&key](const LoggedKey& each) { return each.key == key; });
    if (!known) return std::nullopt;
  }
  std::optional<uint64_t> first;
  for (const LoggedKey& each : logged) {
    if (std::find(verified.begin(), verified.end(), each.key) == verified.end()) continue;
    first = std::min(first.value_or(each.index), each.index);
  }
  return first;
}

absl::StatusOr<std::optional<uint64_t>> FindDuplicate(const RegistryReader& registry,
                                                      const Resolution& resolution) {
  CANDOR_ASSIGN_OR_RETURN(std::vector<LoggedKey> logged,
                          registry.FindLogged(resolution.content.statement_id));
  std::vector<KeyHash> accepted;
  if (resolution.entry) {
    for (const EntrySignature& signature : resolution.entry->signatures()) {
      accepted.push_back(signature.key);
    }
  }
  return DuplicateOf(logged, accepted, resolution.verified_keys);
}

}  // namespace candor
