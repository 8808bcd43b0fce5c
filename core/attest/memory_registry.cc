// SPDX-License-Identifier: Apache-2.0
#include "core/attest/memory_registry.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace candor {

MemoryRegistry::MemoryRegistry(std::string origin, bool track_logged)
    : origin_(std::move(origin)), track_logged_(track_logged) {}

absl::StatusOr<std::optional<std::string>> MemoryRegistry::Get(std::string_view key) const {
  auto it = rows_.find(key);
  if (it == rows_.end()) return std::optional<std::string>();
  return std::optional<std::string>(it->second);
}

absl::StatusOr<std::vector<RegistryRow>> MemoryRegistry::Scan(std::string_view prefix,
                                                              size_t limit) const {
  std::vector<RegistryRow> found;
  for (auto it = rows_.lower_bound(prefix); it != rows_.end() && found.size() < limit; ++it) {
    if (!std::string_view(it->first).starts_with(prefix)) break;
    found.push_back({it->first, it->second});
  }
  return found;
}

absl::StatusOr<std::vector<LoggedKey>> MemoryRegistry::FindLogged(const Hash& statement_id) const {
  auto it = logged_.find(statement_id);
  return it == logged_.end() ? std::vector<LoggedKey>() : it->second;
}

void MemoryRegistry::Commit(const RegistryDelta& delta) {
  for (const RegistryRow& row : delta.rows) rows_.insert_or_assign(row.key, row.value);
  if (!track_logged_) return;
  for (const LoggedKey& logged : delta.logged) logged_[logged.statement_id].push_back(logged);
}

}  // namespace candor
