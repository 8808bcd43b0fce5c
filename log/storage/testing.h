// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/merkle/testing.h"
#include "log/storage/log_store.h"

// For tests only.

namespace candor {

// The entry that TestAppender puts at an index: its own, 20 to 119 bytes.
std::string TestEntryAt(uint64_t index);
Hash TestStatementId(uint64_t index);

// Makes the requests of a log that grows, and knows what must be in the store afterwards.
class TestAppender {
 public:
  // The next `entries` entries; the following request builds on this one.
  AppendRequest Next(size_t entries, std::vector<RegistryMutation> registry = {});

  const StoredHead& head() const { return head_; }
  const MemoryTree& tree() const { return tree_; }
  // A full tile as it must be stored.
  StoredTile Tile(StoredTileId id) const;
  // All full tiles of the tree, ascending.
  std::vector<StoredTileId> FullTiles() const;

 private:
  MemoryTree tree_;
  StoredHead head_;
};

}  // namespace candor
