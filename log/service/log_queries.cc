// SPDX-License-Identifier: Apache-2.0
#include "log/service/log_queries.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/http_status.h"
#include "core/merkle/hasher.h"
#include "core/util/error_metadata.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {

absl::StatusOr<std::shared_ptr<const PublishedCheckpoint>> LogQueries::checkpoint() const {
  std::shared_ptr<const PublishedCheckpoint> published = publisher_->published();
  if (published == nullptr) {
    return Refuse(absl::StatusCode::kNotFound, "NOT_PUBLISHED",
                  "this log has not published a checkpoint yet; try again later");
  }
  return published;
}

absl::StatusOr<uint64_t> LogQueries::PublishedSize(uint64_t tree_size) const {
  CANDOR_ASSIGN_OR_RETURN(const auto newest, checkpoint());
  const uint64_t newest_size = newest->checkpoint.tree_size;
  if (tree_size == 0 || tree_size == newest_size) return newest_size;
  if (tree_size < newest_size) {
    CANDOR_ASSIGN_OR_RETURN(const std::optional<StoredCheckpoint> stored,
                            checkpoints_->PublishedAt(tree_size));
    if (stored.has_value()) return tree_size;
  }
  return WithMetadata(Refuse(absl::StatusCode::kNotFound, "SIZE_NOT_PUBLISHED",
                             absl::StrCat("no checkpoint of tree size ", tree_size,
                                          " was published; the newest has ", newest_size,
                                          ", and 0 means the newest")),
                      "publishedSize", absl::StrCat(newest_size));
}

absl::StatusOr<uint64_t> LogQueries::FindEntry(const EntrySelector& selector,
                                               uint64_t tree_size) const {
  if (const auto* by_leaf = std::get_if<ByLeafHash>(&selector)) {
    return reader_->FindLeaf(by_leaf->leaf_hash, tree_size);
  }
  if (const auto* by_statement = std::get_if<ByStatementId>(&selector)) {
    return reader_->FindStatement(by_statement->statement_id, tree_size);
  }
  const uint64_t index = std::get<ByIndex>(selector).index;
  if (index < tree_size) return index;
  return Refuse(
      absl::StatusCode::kNotFound, "ENTRY_NOT_FOUND",
      absl::StrCat("the tree of ", tree_size, " entries has no entry with index ", index));
}

absl::StatusOr<uint64_t> LogQueries::FindInNewest(const EntrySelector& selector,
                                                  uint64_t published_size) const {
  absl::StatusOr<uint64_t> published = FindEntry(selector, published_size);
  if (!absl::IsNotFound(published.status())) return published;
  const absl::StatusOr<uint64_t> sequenced = FindEntry(selector, reader_->head().tree_size);
  if (!sequenced.ok()) return published;
  return WithRetryAfter(
      WithMetadata(Refuse(absl::StatusCode::kUnavailable, "NOT_YET_PUBLISHED",
                          absl::StrCat("the entry is logged at index ", *sequenced,
                                       ", beyond the published tree of ", published_size,
                                       " entries; ask again after the next checkpoint")),
                   "index", absl::StrCat(*sequenced)),
      absl::Seconds(1));
}

absl::StatusOr<InclusionAnswer> LogQueries::GetInclusionProof(const EntrySelector& selector,
                                                              uint64_t tree_size) const {
  InclusionAnswer answer;
  CANDOR_ASSIGN_OR_RETURN(answer.tree_size, PublishedSize(tree_size));
  CANDOR_ASSIGN_OR_RETURN(answer.index, tree_size == 0 ? FindInNewest(selector, answer.tree_size)
                                                       : FindEntry(selector, answer.tree_size));
  CANDOR_ASSIGN_OR_RETURN(const std::string entry,
                          reader_->ReadEntry(answer.index, answer.tree_size));
  answer.leaf_hash = LeafHash(entry);
  CANDOR_ASSIGN_OR_RETURN(answer.proof, reader_->InclusionProof(answer.index, answer.tree_size));
  const std::shared_ptr<const PublishedCheckpoint> newest = publisher_->published();
  if (newest->checkpoint.tree_size == answer.tree_size) answer.checkpoint = newest->note;
  return answer;
}

absl::StatusOr<ConsistencyAnswer> LogQueries::GetConsistencyProof(uint64_t old_size,
                                                                  uint64_t new_size) const {
  ConsistencyAnswer answer;
  answer.old_size = old_size;
  CANDOR_ASSIGN_OR_RETURN(answer.new_size, PublishedSize(new_size));
  if (old_size > answer.new_size) {
    return Refuse(
        absl::StatusCode::kInvalidArgument, "SIZE_OUT_OF_RANGE",
        absl::StrCat("old size ", old_size, " is larger than new size ", answer.new_size));
  }
  CANDOR_ASSIGN_OR_RETURN(answer.proof, reader_->ConsistencyProof(old_size, answer.new_size));
  return answer;
}

absl::StatusOr<EntryAnswer> LogQueries::GetEntry(const EntrySelector& selector) const {
  EntryAnswer answer;
  CANDOR_ASSIGN_OR_RETURN(const uint64_t tree_size, PublishedSize(0));
  CANDOR_ASSIGN_OR_RETURN(answer.index, FindInNewest(selector, tree_size));
  CANDOR_ASSIGN_OR_RETURN(answer.entry, reader_->ReadEntry(answer.index, tree_size));
  return answer;
}

absl::StatusOr<RangeBounds> LogQueries::BoundsOfRange(uint64_t start, uint64_t limit) const {
  CANDOR_ASSIGN_OR_RETURN(const uint64_t tree_size, PublishedSize(0));
  if (start > tree_size) {
    return Refuse(
        absl::StatusCode::kInvalidArgument, "INDEX_OUT_OF_RANGE",
        absl::StrCat("start ", start, " is beyond the published tree of ", tree_size, " entries"));
  }
  const uint64_t available = tree_size - start;
  return RangeBounds{start + (limit == 0 ? available : std::min(limit, available)), tree_size};
}

absl::StatusOr<std::vector<std::string>> LogQueries::ReadEntries(uint64_t start, uint64_t end,
                                                                 size_t max_bytes) const {
  return reader_->ReadEntries(start, end, max_bytes);
}

uint64_t LogQueries::ServedSize() const {
  // A store that was lost in part holds less than was signed.
  return std::min(publisher_->signed_size(), reader_->head().tree_size);
}

absl::StatusOr<std::string> LogQueries::ReadTile(const TileId& tile) const {
  return reader_->ReadTile(tile, ServedSize());
}

absl::StatusOr<std::string> LogQueries::ReadEntryBundle(const EntryBundleId& bundle) const {
  return reader_->ReadEntryBundle(bundle, ServedSize());
}

}  // namespace candor
