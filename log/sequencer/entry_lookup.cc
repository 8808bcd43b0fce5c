// SPDX-License-Identifier: Apache-2.0
#include "log/sequencer/entry_lookup.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "core/merkle/hasher.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr size_t kCandidatesAtOnce = 64;

absl::Status Undecodable(uint64_t index, const absl::Status& status) {
  return Refuse(absl::StatusCode::kDataLoss, "STORE_DAMAGED",
                absl::StrCat("stored entry ", index, " does not decode: ", status.message()));
}

}  // namespace

absl::Status EntryLookup::Visit(Finder find, uint64_t tree_size, Visitor visit) const {
  std::unique_ptr<LogSnapshot> snapshot;
  for (uint64_t from = 0;;) {
    CANDOR_ASSIGN_OR_RETURN(const std::vector<uint64_t> candidates, find(from, kCandidatesAtOnce));
    if (candidates.empty()) return absl::OkStatus();
    // After the candidates, so that it has every one of them.
    if (snapshot == nullptr || candidates.back() >= snapshot->head().tree_size) {
      CANDOR_ASSIGN_OR_RETURN(snapshot, store_->GetSnapshot());
    }
    for (const uint64_t index : candidates) {
      if (index >= std::min(tree_size, snapshot->head().tree_size)) return absl::OkStatus();
      CANDOR_ASSIGN_OR_RETURN(const std::vector<std::string> entries,
                              snapshot->ReadEntries(index, index + 1, 0));
      CANDOR_ASSIGN_OR_RETURN(const bool go_on, visit(index, entries.front()));
      if (!go_on) return absl::OkStatus();
    }
    from = candidates.back() + 1;
  }
}

absl::Status EntryLookup::VisitStatement(
    const Hash& statement_id, uint64_t tree_size,
    absl::FunctionRef<bool(uint64_t index, const Entry& entry)> visit) const {
  return Visit([&](uint64_t from,
                   size_t limit) { return index_->FindByStatement(statement_id, from, limit); },
               tree_size,
               [&](uint64_t index, const std::string& bytes) -> absl::StatusOr<bool> {
                 const absl::StatusOr<Entry> entry = DecodeEntry(bytes);
                 if (!entry.ok()) return Undecodable(index, entry.status());
                 return entry->statement_id() != statement_id || visit(index, *entry);
               });
}

absl::StatusOr<std::vector<LoggedKey>> EntryLookup::FindLogged(const Hash& statement_id,
                                                               uint64_t tree_size) const {
  std::vector<LoggedKey> logged;
  CANDOR_RETURN_IF_ERROR(
      VisitStatement(statement_id, tree_size, [&](uint64_t index, const Entry& entry) {
        for (const EntrySignature& signature : entry.signatures()) {
          const bool known = std::any_of(logged.begin(), logged.end(), [&](const LoggedKey& seen) {
            return seen.key == signature.key;
          });
          if (!known) logged.push_back({statement_id, signature.key, index});
        }
        return true;
      }));
  return logged;
}

absl::StatusOr<std::optional<uint64_t>> EntryLookup::FindStatement(const Hash& statement_id,
                                                                   uint64_t tree_size) const {
  std::optional<uint64_t> found;
  CANDOR_RETURN_IF_ERROR(VisitStatement(statement_id, tree_size, [&](uint64_t index, const Entry&) {
    found = index;
    return false;
  }));
  return found;
}

absl::StatusOr<std::optional<uint64_t>> EntryLookup::FindStatementKey(const Hash& statement_id,
                                                                      const KeyHash& key,
                                                                      uint64_t tree_size) const {
  std::optional<uint64_t> found;
  CANDOR_RETURN_IF_ERROR(
      VisitStatement(statement_id, tree_size, [&](uint64_t index, const Entry& entry) {
        const auto& signatures = entry.signatures();
        if (std::any_of(signatures.begin(), signatures.end(),
                        [&](const EntrySignature& signature) { return signature.key == key; })) {
          found = index;
        }
        return !found.has_value();
      }));
  return found;
}

absl::StatusOr<std::optional<uint64_t>> EntryLookup::FindLeaf(const Hash& leaf_hash,
                                                              uint64_t tree_size) const {
  std::optional<uint64_t> found;
  CANDOR_RETURN_IF_ERROR(
      Visit([&](uint64_t from, size_t limit) { return index_->FindByLeaf(leaf_hash, from, limit); },
            tree_size,
            [&](uint64_t index, const std::string& entry) -> absl::StatusOr<bool> {
              if (LeafHash(entry) == leaf_hash) found = index;
              return !found.has_value();
            }));
  return found;
}

}  // namespace candor
