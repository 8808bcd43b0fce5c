// SPDX-License-Identifier: Apache-2.0
#include "log/sequencer/log_reader.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/merkle/proof.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"
#include "log/sequencer/snapshot_hashes.h"
#include "log/storage/stored_tile.h"

namespace candor {
namespace {

constexpr size_t kReadBytes = size_t{4} << 20;

absl::StatusOr<uint64_t> FoundOr(absl::StatusOr<std::optional<uint64_t>> found,
                                 std::string_view what) {
  if (!found.ok()) return found.status();
  if (found->has_value()) return **found;
  return Refuse(absl::StatusCode::kNotFound, "ENTRY_NOT_FOUND",
                absl::StrCat("the log has no entry with this ", what));
}

absl::Status TileNotFound(uint64_t tree_size) {
  return Refuse(absl::StatusCode::kNotFound, "TILE_NOT_FOUND",
                absl::StrCat("there is no such tile in a tree of ", tree_size, " entries"));
}

class FixedHashes final : public HashReader {
 public:
  FixedHashes(const LogStore* store, std::shared_ptr<const TreeState> state, uint64_t tree_size)
      : store_(store), state_(std::move(state)), tree_size_(tree_size) {}

  absl::StatusOr<std::vector<Hash>> ReadHashes(absl::Span<const NodeId> nodes) const override {
    for (const NodeId& node : nodes) {
      if (!IsNodeInTree(node, tree_size_)) {
        return absl::NotFoundError(absl::StrCat("node ", int{node.level}, "/", node.index,
                                                " is not in a tree of ", tree_size_));
      }
    }
    CANDOR_ASSIGN_OR_RETURN(const auto snapshot, store_->GetSnapshot());
    return ReadSnapshotHashes(*snapshot, state_->edge, nodes);
  }

 private:
  const LogStore* const store_;
  const std::shared_ptr<const TreeState> state_;
  const uint64_t tree_size_;
};

}  // namespace

LogReader::LogReader(const LogStore* store, const LogIndex* index, const SequencedTree* tree)
    : store_(store), tree_(tree), lookup_(store, index) {}

StoredHead LogReader::head() const { return tree_->Get()->head; }

absl::StatusOr<std::shared_ptr<const TreeState>> LogReader::StateFor(uint64_t tree_size) const {
  std::shared_ptr<const TreeState> state = tree_->Get();
  if (tree_size <= state->head.tree_size) return state;
  return Refuse(absl::StatusCode::kOutOfRange, "SIZE_OUT_OF_RANGE",
                absl::StrCat("tree size ", tree_size, " is beyond the log's ",
                             state->head.tree_size, " entries"));
}

absl::StatusOr<std::vector<Hash>> LogReader::ReadHashes(absl::Span<const NodeId> nodes) const {
  const std::shared_ptr<const TreeState> state = tree_->Get();
  return FixedHashes(store_, state, state->head.tree_size).ReadHashes(nodes);
}

absl::StatusOr<std::unique_ptr<HashReader>> LogReader::Hashes(uint64_t tree_size) const {
  CANDOR_ASSIGN_OR_RETURN(auto state, StateFor(tree_size));
  return std::make_unique<FixedHashes>(store_, std::move(state), tree_size);
}

absl::StatusOr<std::string> LogReader::ReadEntry(uint64_t index, uint64_t tree_size) const {
  CANDOR_RETURN_IF_ERROR(StateFor(tree_size).status());
  if (index >= tree_size) {
    return Refuse(
        absl::StatusCode::kNotFound, "ENTRY_NOT_FOUND",
        absl::StrCat("entry ", index, " does not exist; the log shows ", tree_size, " entries"));
  }
  CANDOR_ASSIGN_OR_RETURN(std::vector<std::string> entries, ReadEntries(index, index + 1, 0));
  return std::move(entries.front());
}

absl::StatusOr<std::vector<std::string>> LogReader::ReadEntries(uint64_t start, uint64_t end,
                                                                size_t max_bytes) const {
  CANDOR_ASSIGN_OR_RETURN(const auto snapshot, store_->GetSnapshot());
  return snapshot->ReadEntries(start, end, max_bytes);
}

absl::StatusOr<std::string> LogReader::ReadTile(const TileId& tile, uint64_t tree_size) const {
  CANDOR_ASSIGN_OR_RETURN(const auto state, StateFor(tree_size));
  if (!IsTileInTree(tile, tree_size)) return TileNotFound(tree_size);
  if (absl::StatusOr<std::string> bytes = state->edge.ReadTile(tile); bytes.ok()) return bytes;
  // Not at the edge of a tree that has it, so it is full there: a partial tile is its prefix.
  CANDOR_ASSIGN_OR_RETURN(const auto snapshot, store_->GetSnapshot());
  CANDOR_ASSIGN_OR_RETURN(const std::vector<StoredTile> tiles,
                          snapshot->ReadFullTiles({{tile.level, tile.index}}));
  return EncodeTile(absl::MakeConstSpan(tiles.front().hashes).first(tile.width));
}

absl::StatusOr<std::string> LogReader::ReadEntryBundle(const EntryBundleId& bundle,
                                                       uint64_t tree_size) const {
  CANDOR_RETURN_IF_ERROR(StateFor(tree_size).status());
  // An entry bundle covers what the level-0 tile of the same index and width covers.
  if (!IsTileInTree({0, bundle.index, bundle.width}, tree_size)) return TileNotFound(tree_size);
  CANDOR_ASSIGN_OR_RETURN(const auto snapshot, store_->GetSnapshot());
  const uint64_t start = bundle.index * kTileWidth;
  std::vector<std::string> entries;
  while (entries.size() < bundle.width) {
    CANDOR_ASSIGN_OR_RETURN(
        std::vector<std::string> more,
        snapshot->ReadEntries(start + entries.size(), start + bundle.width, kReadBytes));
    for (std::string& entry : more) entries.push_back(std::move(entry));
  }
  return EncodeEntryBundle(entries);
}

absl::StatusOr<Hash> LogReader::Root(uint64_t tree_size) const {
  CANDOR_ASSIGN_OR_RETURN(const auto state, StateFor(tree_size));
  if (tree_size == state->head.tree_size) return state->head.root;
  return TreeRoot(tree_size, FixedHashes(store_, state, tree_size));
}

absl::StatusOr<std::vector<Hash>> LogReader::InclusionProof(uint64_t leaf_index,
                                                            uint64_t tree_size) const {
  CANDOR_ASSIGN_OR_RETURN(auto state, StateFor(tree_size));
  return candor::InclusionProof(leaf_index, tree_size,
                                FixedHashes(store_, std::move(state), tree_size));
}

absl::StatusOr<std::vector<Hash>> LogReader::ConsistencyProof(uint64_t old_size,
                                                              uint64_t new_size) const {
  CANDOR_ASSIGN_OR_RETURN(auto state, StateFor(new_size));
  return candor::ConsistencyProof(old_size, new_size,
                                  FixedHashes(store_, std::move(state), new_size));
}

absl::StatusOr<uint64_t> LogReader::FindStatement(const Hash& statement_id,
                                                  uint64_t tree_size) const {
  CANDOR_RETURN_IF_ERROR(StateFor(tree_size).status());
  return FoundOr(lookup_.FindStatement(statement_id, tree_size), "statement id");
}

absl::StatusOr<uint64_t> LogReader::FindStatementKey(const Hash& statement_id, const KeyHash& key,
                                                     uint64_t tree_size) const {
  CANDOR_RETURN_IF_ERROR(StateFor(tree_size).status());
  return FoundOr(lookup_.FindStatementKey(statement_id, key, tree_size),
                 "statement id and a signature by this key");
}

absl::StatusOr<uint64_t> LogReader::FindLeaf(const Hash& leaf_hash, uint64_t tree_size) const {
  CANDOR_RETURN_IF_ERROR(StateFor(tree_size).status());
  return FoundOr(lookup_.FindLeaf(leaf_hash, tree_size), "leaf hash");
}

}  // namespace candor
