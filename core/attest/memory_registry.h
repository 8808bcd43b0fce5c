// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "core/attest/registry.h"

namespace candor {

// The registry in memory: filled from stored rows or by replay. Not synchronised: const methods may
// run in parallel with each other, but not with Commit.
class MemoryRegistry : public RegistryReader {
 public:
  // Without `track_logged`, FindLogged finds nothing and the memory used does not grow with the
  // number of product statements: enough for who replays admission and does not sequence.
  explicit MemoryRegistry(std::string origin, bool track_logged = true);

  const std::string& origin() const override { return origin_; }
  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override;
  absl::StatusOr<std::vector<RegistryRow>> Scan(std::string_view prefix,
                                                size_t limit) const override;
  absl::StatusOr<std::vector<LoggedKey>> FindLogged(const Hash& statement_id) const override;

  void Commit(const RegistryDelta& delta);

  // Every row, ascending: to store, to compare two registries.
  const std::map<std::string, std::string, std::less<>>& rows() const { return rows_; }

 private:
  std::string origin_;
  bool track_logged_;
  std::map<std::string, std::string, std::less<>> rows_;
  absl::flat_hash_map<Hash, std::vector<LoggedKey>> logged_;
};

}  // namespace candor
