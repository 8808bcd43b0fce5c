// SPDX-License-Identifier: Apache-2.0
#include "log/storage/log_store.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "core/merkle/entry_bundle.h"
#include "core/merkle/tile.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr uint64_t kMaxTreeSize = uint64_t{1} << 48;  // index rows keep 6 bytes

absl::Status Broken(std::string_view what) {
  return absl::InternalError(absl::StrCat("append request refused: ", what));
}

absl::Status CheckEntries(const AppendRequest& request) {
  if (request.entries.empty()) return Broken("it has no entries");
  if (request.index_rows.size() != request.entries.size()) {
    return Broken("index_rows and entries differ in number");
  }
  for (const std::string& entry : request.entries) {
    if (entry.empty() || entry.size() > kMaxEntryBytes) return Broken("an entry's size");
  }
  return absl::OkStatus();
}

absl::Status CheckHeads(const AppendRequest& request) {
  const StoredHead& expected = request.expected;
  const StoredHead& next = request.next;
  if (expected.tree_size > kMaxTreeSize ||
      next.tree_size != expected.tree_size + request.entries.size() ||
      next.tree_size > kMaxTreeSize) {
    return Broken("next.tree_size is not expected.tree_size plus the entries");
  }
  if (next.sequence != expected.sequence + 1) return Broken("next.sequence does not follow");
  return absl::OkStatus();
}

absl::Status CheckTiles(const AppendRequest& request) {
  auto tile = request.full_tiles.begin();
  for (const TileId& id : NewTiles(request.expected.tree_size, request.next.tree_size)) {
    if (!id.full()) continue;
    if (tile == request.full_tiles.end() || tile->id != StoredTileId{id.level, id.index}) {
      return Broken("full_tiles are not those that the entries complete, in order");
    }
    if (tile->hashes.size() != kTileWidth || tile->middle.size() != kMiddleWidth) {
      return Broken("a full tile's number of hashes");
    }
    ++tile;
  }
  if (tile != request.full_tiles.end()) return Broken("full_tiles has too many tiles");
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckAppendRequest(const AppendRequest& request) {
  CANDOR_RETURN_IF_ERROR(CheckEntries(request));
  CANDOR_RETURN_IF_ERROR(CheckHeads(request));
  CANDOR_RETURN_IF_ERROR(CheckTiles(request));
  const bool keys_ok =
      std::all_of(request.registry.begin(), request.registry.end(),
                  [](const RegistryMutation& mutation) { return !mutation.key.empty(); });
  return keys_ok ? absl::OkStatus() : Broken("a registry key is empty");
}

}  // namespace candor
