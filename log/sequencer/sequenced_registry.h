// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "core/attest/memory_registry.h"
#include "log/sequencer/entry_lookup.h"

namespace candor {

// The registry as of some durable tree, for resolvers: its rows are in memory and do not change;
// what is logged for a statement is looked up in the store, as of now. Thread-safe.
class SequencedRegistry final : public MemoryRegistry {
 public:
  // `lookup` outlives this.
  SequencedRegistry(const MemoryRegistry& registry, const EntryLookup* lookup)
      : MemoryRegistry(registry), lookup_(lookup) {}

  absl::StatusOr<std::vector<LoggedKey>> FindLogged(const Hash& statement_id) const override;

 private:
  const EntryLookup* const lookup_;
};

}  // namespace candor
