// SPDX-License-Identifier: Apache-2.0
#include "log/sequencer/recovery.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/attest/content.h"
#include "core/attest/entry.h"
#include "core/merkle/tree.h"
#include "core/note/checkpoint.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"
#include "log/sequencer/registry_digest.h"
#include "log/sequencer/snapshot_hashes.h"

namespace candor {
namespace {

constexpr size_t kRecordsAtOnce = 1024;

constexpr std::string_view kWhatToDo =
    "do not sign with this key from this store again: bring back the newest copy of the store, or "
    "fetch what is missing from a mirror; if nothing has it, freeze this origin for good and start "
    "a "
    "successor log whose entry 0 names this origin and its last checkpoint";

absl::Status Damaged(std::string_view what) {
  return Refuse(absl::StatusCode::kDataLoss, "STORE_DAMAGED",
                absl::StrCat("the store contradicts itself: ", what));
}

absl::Status MayNotSign(std::string_view reason, std::string_view what) {
  return Refuse(absl::StatusCode::kFailedPrecondition, reason, absl::StrCat(what, "; ", kWhatToDo));
}

// Entry 0 says whose log this is.
absl::Status CheckOriginOf(const LogSnapshot& snapshot, std::string_view origin) {
  CANDOR_ASSIGN_OR_RETURN(const std::vector<std::string> entries, snapshot.ReadEntries(0, 1, 0));
  const absl::StatusOr<Entry> entry = DecodeEntry(entries.front());
  if (!entry.ok()) return Damaged("entry 0 does not decode");
  CANDOR_ASSIGN_OR_RETURN(const EntryContent content, ExamineEntry(*entry));
  if (!content.log_config.has_value()) return Damaged("entry 0 is not a log-config");
  if (content.log_config->origin == origin) return absl::OkStatus();
  return Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_ORIGIN",
                absl::StrCat("the store belongs to the log ", content.log_config->origin,
                             ", not to ", origin, "; check the configured folder and origin"));
}

absl::StatusOr<MemoryRegistry> LoadRegistry(const LogSnapshot& snapshot,
                                            const std::string& origin) {
  MemoryRegistry registry(origin, /*track_logged=*/false);
  RegistryDigest digest;
  for (std::string after;;) {
    CANDOR_ASSIGN_OR_RETURN(std::vector<RegistryRecord> records,
                            snapshot.ReadRegistryRecords(after, kRecordsAtOnce));
    RegistryDelta delta;
    for (RegistryRecord& record : records) {
      digest.Toggle(record.key, record.value);
      after = record.key;
      delta.rows.push_back({std::move(record.key), std::move(record.value)});
    }
    registry.Commit(delta);
    if (records.size() < kRecordsAtOnce) break;
  }
  if (digest.value() != snapshot.head().registry_digest) {
    return Damaged("the registry records are not those of the head");
  }
  return registry;
}

absl::StatusOr<RightEdge> LoadEdge(const LogSnapshot& snapshot) {
  CANDOR_ASSIGN_OR_RETURN(RightEdge edge, RightEdge::Load(snapshot));
  if (edge.root() != snapshot.head().root) {
    return Damaged(absl::StrCat("the stored entries and tiles have the root ", edge.root().hex(),
                                " at size ", edge.size(), ", the head says ",
                                snapshot.head().root.hex()));
  }
  return edge;
}

absl::Status CheckIndex(const LogIndex& index, const StoredHead& head) {
  CANDOR_ASSIGN_OR_RETURN(const uint64_t applied, index.applied_size());
  if (applied == head.tree_size) return absl::OkStatus();
  return Refuse(absl::StatusCode::kFailedPrecondition, "INDEX_BEHIND",
                absl::StrCat("the index covers ", applied, " entries and the log has ",
                             head.tree_size, "; rebuild the index"));
}

class RecoveredHashes final : public HashReader {
 public:
  RecoveredHashes(const LogSnapshot* snapshot, const RightEdge* edge)
      : snapshot_(snapshot), edge_(edge) {}

  absl::StatusOr<std::vector<Hash>> ReadHashes(absl::Span<const NodeId> nodes) const override {
    return ReadSnapshotHashes(*snapshot_, *edge_, nodes);
  }

 private:
  const LogSnapshot* const snapshot_;
  const RightEdge* const edge_;
};

// Whether the store's tree extends `checkpoint`. A MayNotSign status is the answer "no"; reading
// errors are distinguishable by their code.
absl::Status CheckExtends(const Checkpoint& checkpoint, const LogSnapshot& snapshot,
                          const RightEdge& edge) {
  if (checkpoint.tree_size > edge.size()) {
    return MayNotSign("STORE_BEHIND",
                      absl::StrCat("this log signed a checkpoint of size ", checkpoint.tree_size,
                                   " but the store holds only ", edge.size(), " entries"));
  }
  CANDOR_ASSIGN_OR_RETURN(const Hash root,
                          TreeRoot(checkpoint.tree_size, RecoveredHashes(&snapshot, &edge)));
  if (root == checkpoint.root) return absl::OkStatus();
  return MayNotSign(
      "STORE_DIFFERS",
      absl::StrCat("this log signed a checkpoint of size ", checkpoint.tree_size, " with the root ",
                   checkpoint.root.hex(), " but the store's root at that size is ", root.hex()));
}

absl::StatusOr<Checkpoint> OpenOwn(const RecoveryInputs& inputs, std::string_view note,
                                   std::string_view where) {
  absl::StatusOr<SignedCheckpoint> opened = OpenCheckpoint(note, inputs.log_keys);
  if (opened.ok() && opened->checkpoint.origin == inputs.origin) return opened->checkpoint;
  return MayNotSign("CHECKPOINT_FILE_INVALID",
                    absl::StrCat(where, " does not hold a checkpoint signed by this log (",
                                 opened.status().message(), ")"));
}

// The last signed checkpoint in the file and in the store, both compared with the store's tree.
absl::Status CheckSigned(const RecoveryInputs& inputs, const LogSnapshot& snapshot,
                         const RightEdge& edge, std::optional<StoredCheckpoint>& last) {
  CANDOR_ASSIGN_OR_RETURN(const auto stored, inputs.checkpoints->LastSigned());
  CANDOR_ASSIGN_OR_RETURN(const auto file, inputs.checkpoint_file->Read());
  if (stored.has_value()) {
    CANDOR_ASSIGN_OR_RETURN(const Checkpoint checkpoint,
                            OpenOwn(inputs, stored->note, "the store's record"));
    CANDOR_RETURN_IF_ERROR(CheckExtends(checkpoint, snapshot, edge));
    last = stored;
    if (!file.has_value()) {
      return MayNotSign(
          "CHECKPOINT_FILE_MISSING",
          absl::StrCat("the store says that a checkpoint of size ", stored->tree_size,
                       " was signed, but ", inputs.checkpoint_file->path(), " is missing"));
    }
  }
  if (!file.has_value()) return absl::OkStatus();
  CANDOR_ASSIGN_OR_RETURN(const Checkpoint checkpoint,
                          OpenOwn(inputs, *file, inputs.checkpoint_file->path()));
  CANDOR_RETURN_IF_ERROR(CheckExtends(checkpoint, snapshot, edge));
  if (!last.has_value() || last->tree_size <= checkpoint.tree_size) {
    last = StoredCheckpoint{checkpoint.tree_size, *file};
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RecoveredLog> RecoverLog(const RecoveryInputs& inputs) {
  CANDOR_ASSIGN_OR_RETURN(const auto snapshot, inputs.store->GetSnapshot());
  if (snapshot->head().tree_size == 0) {
    return Refuse(absl::StatusCode::kFailedPrecondition, "LOG_EMPTY",
                  "the store has no entry 0; begin the log with candor-log init");
  }
  CANDOR_ASSIGN_OR_RETURN(RightEdge edge, LoadEdge(*snapshot));
  CANDOR_RETURN_IF_ERROR(CheckOriginOf(*snapshot, inputs.origin));
  CANDOR_ASSIGN_OR_RETURN(MemoryRegistry registry, LoadRegistry(*snapshot, inputs.origin));
  CANDOR_RETURN_IF_ERROR(CheckIndex(*inputs.index, snapshot->head()));
  RecoveredLog recovered{snapshot->head(), std::move(edge), std::move(registry), std::nullopt, {}};
  absl::Status signing = CheckSigned(inputs, *snapshot, recovered.edge, recovered.last_signed);
  // Only what says that this log may not sign leaves it readable; a store that can not be read is
  // an error of its own.
  if (!signing.ok() && !absl::IsFailedPrecondition(signing)) return signing;
  recovered.signing = std::move(signing);
  return recovered;
}

}  // namespace candor
