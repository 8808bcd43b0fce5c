// SPDX-License-Identifier: Apache-2.0
#include "client/monitor.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/envelope_publisher.h"
#include "client/quorum_words.h"
#include "client/terminal_text.h"
#include "core/attest/admit.h"
#include "core/attest/content.h"
#include "core/attest/predicates.h"
#include "core/attest/verify_entry.h"
#include "core/merkle/hasher.h"
#include "core/merkle/proof.h"
#include "core/note/note.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr char kUnresolvedPrefix[] = "unresolved-";
// A log that serves ever other checkpoints does not fill the disk.
constexpr size_t kMaxUnresolved = 32;

absl::Status Alarm(std::string_view reason, std::string_view message) {
  return Refuse(absl::StatusCode::kDataLoss, reason, message);
}

bool IsRefusal(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsPermissionDenied(status) ||
         absl::IsAlreadyExists(status);
}

std::string Title(const Checkpoint& checkpoint) {
  return absl::StrCat("size ", checkpoint.tree_size, ", root ", checkpoint.root.hex());
}

}  // namespace

bool IsMonitorAlarm(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  return reason == "CHECKPOINT_REFUSED" || reason == "LOG_FORKED" || reason == "TREE_MISMATCH" ||
         reason == "ENTRY_INADMISSIBLE" || reason == "LOG_CHANGED" ||
         reason == "LOG_WENT_BACK_UNPROVEN";
}

Monitor::Monitor(const Policy* policy, RemoteLogReader* reader, MonitorState* state,
                 const Clock* clock, MonitorObserver* observer)
    : policy_(policy),
      reader_(reader),
      state_(state),
      clock_(clock),
      observer_(observer),
      cache_(reader) {}

absl::StatusOr<std::unique_ptr<Monitor>> Monitor::Create(const Policy* policy,
                                                         RemoteLogReader* reader,
                                                         MonitorState* state, const Clock* clock,
                                                         MonitorObserver* observer) {
  std::unique_ptr<Monitor> monitor(new Monitor(policy, reader, state, clock, observer));
  CANDOR_RETURN_IF_ERROR(monitor->Restore());
  return monitor;
}

absl::Status Monitor::Restore() {
  if (!state_->position()) return absl::OkStatus();
  note_ = state_->position()->checkpoint;
  next_index_ = state_->position()->next_index;
  // Not against the policy: that may have changed since, and this is our own memory.
  CANDOR_ASSIGN_OR_RETURN(const Note note, Note::Parse(note_));
  CANDOR_ASSIGN_OR_RETURN(current_, Checkpoint::ParseText(note.text));
  registry_ = std::make_unique<MemoryRegistry>(current_->origin, /*track_logged=*/false);
  return state_->LoadRegistry(registry_.get());
}

absl::Status Monitor::Save() {
  // What is remembered as told must have been heard.
  if (flushed_.ok()) flushed_ = observer_->Flush();
  CANDOR_RETURN_IF_ERROR(flushed_);
  return state_->Save({note_, next_index_});
}

absl::StatusOr<PolicyResult> Monitor::ReadCheckpoint() {
  CANDOR_ASSIGN_OR_RETURN(const std::string note, reader_->ReadCheckpoint());
  absl::StatusOr<PolicyResult> result = policy_->Evaluate(note, LatestCredibleTime(clock_->Now()));
  if (!result.ok()) {
    return Alarm("CHECKPOINT_REFUSED",
                 absl::StrCat("the policy does not accept the log's checkpoint: ",
                              ForTerminal(result.status().message())));
  }
  if (!result->quorum_satisfied) {
    return Alarm(
        "CHECKPOINT_REFUSED",
        absl::StrCat("the log published a checkpoint (", Title(result->checkpoint),
                     ") with too few cosignatures; the policy needs ", QuorumWords(*policy_)));
  }
  if (current_ && result->checkpoint.origin != current_->origin) {
    return Alarm("LOG_CHANGED",
                 absl::StrCat("this is log ", ForTerminal(result->checkpoint.origin),
                              ", the state folder follows ", ForTerminal(current_->origin)));
  }
  return result;
}

absl::Status Monitor::Fork(const PolicyResult& result, std::string_view what) {
  const std::string name =
      absl::StrCat("evidence-fork-", current_->tree_size, "-", result.checkpoint.tree_size, "-",
                   result.checkpoint.root.hex().substr(0, 16), ".txt");
  // Two signed notes: whoever holds the log's key can judge them.
  const absl::Status kept =
      state_->KeepEvidence(name, absl::StrCat(note_, "\n", result.note.Format()));
  return Alarm(
      "LOG_FORKED",
      absl::StrCat("the log signed two inconsistent checkpoints: ", Title(*current_), " and ",
                   Title(result.checkpoint), " (", what, "); ",
                   kept.ok() ? absl::StrCat("both are kept in ", state_->folder(), "/", name)
                             : absl::StrCat("they could not be kept: ", kept.message())));
}

std::string Monitor::KeepUnresolved(const PolicyResult& result) {
  const std::string name =
      absl::StrCat(kUnresolvedPrefix, current_->tree_size, "-", result.checkpoint.tree_size, "-",
                   result.checkpoint.root.hex().substr(0, 16), ".txt");
  const absl::Status kept = state_->KeepOneOf(kUnresolvedPrefix, kMaxUnresolved, name,
                                              absl::StrCat(note_, "\n", result.note.Format()));
  return kept.ok() ? absl::StrCat("both are kept in ", state_->folder(), "/", name)
                   : absl::StrCat("they could not be kept: ", kept.message());
}

absl::Status Monitor::RefuseOlder(const PolicyResult& result) {
  const TileReader tiles(current_->tree_size, current_->root, &cache_);
  const absl::StatusOr<Hash> root = TreeRoot(result.checkpoint.tree_size, tiles);
  if (root.ok() && *root != result.checkpoint.root) {
    return Fork(result, "the smaller is no prefix of the larger");
  }
  if (ReasonOf(root.status()) == "TILE_MISMATCH") {
    return Alarm("TREE_MISMATCH",
                 absl::StrCat("the log serves an older checkpoint (", Title(result.checkpoint),
                              ") and other tiles than those of the newer tree that it signed (",
                              Title(*current_), "); ", KeepUnresolved(result)));
  }
  if (!root.ok()) {
    // Whoever forks a log and hides the longer side's tiles looks just like this.
    return Alarm("LOG_WENT_BACK_UNPROVEN",
                 absl::StrCat("the log serves an older checkpoint (", Title(result.checkpoint),
                              ") than the one already accepted (", Title(*current_),
                              ") and does not show that they are consistent: ",
                              ForTerminal(root.status().message()), "; ", KeepUnresolved(result)));
  }
  return Refuse(absl::StatusCode::kFailedPrecondition, "LOG_WENT_BACK",
                absl::StrCat("the log serves an older checkpoint (", Title(result.checkpoint),
                             ") than the one already accepted (", Title(*current_),
                             "), consistent with it; it is not accepted"));
}

// Accepts a checkpoint that extends the current one.
absl::Status Monitor::Extend(const PolicyResult& result, const TileReader& tiles) {
  const Checkpoint& next = result.checkpoint;
  if (next.tree_size == 0 && next.root != EmptyRoot()) {
    return Alarm("TREE_MISMATCH",
                 "the log signed a checkpoint of size 0 with another root than the "
                 "empty tree's");
  }
  if (current_) {
    if (next.tree_size < current_->tree_size) return RefuseOlder(result);
    if (next.tree_size == current_->tree_size && next.root != current_->root) {
      return Fork(result, "one size, two roots");
    }
    CANDOR_ASSIGN_OR_RETURN(const std::vector<Hash> proof,
                            ConsistencyProof(current_->tree_size, next.tree_size, tiles));
    if (!VerifyConsistency(current_->tree_size, next.tree_size, current_->root, next.root, proof)
             .ok()) {
      return Fork(result, "the smaller is no prefix of the larger");
    }
  }
  const bool is_new = !current_ || next != *current_;
  note_ = result.note.Format();
  current_ = next;
  if (registry_ == nullptr) {
    registry_ = std::make_unique<MemoryRegistry>(next.origin, /*track_logged=*/false);
  }
  if (!is_new) return absl::OkStatus();
  observer_->OnCheckpoint(result);
  return Save();
}

absl::Status Monitor::CatchUp(const PolicyResult& result) {
  const TileReader tiles(result.checkpoint.tree_size, result.checkpoint.root, &cache_);
  CANDOR_RETURN_IF_ERROR(Extend(result, tiles));
  return Follow(result.checkpoint, tiles);
}

absl::Status Monitor::Poll() {
  CANDOR_RETURN_IF_ERROR(flushed_);
  CANDOR_ASSIGN_OR_RETURN(const PolicyResult result, ReadCheckpoint());
  absl::Status status = CatchUp(result);
  if (ReasonOf(status) == "TILE_MISMATCH") {
    // The tiles that were kept may be those of another tree that the log signed: look at its own.
    cache_.Clear();
    status = CatchUp(result);
  }
  if (!status.ok()) cache_.Clear();
  if (ReasonOf(status) == "TILE_MISMATCH") {
    return Alarm("TREE_MISMATCH",
                 absl::StrCat("the log's tiles are not those of the tree that it signed (",
                              Title(result.checkpoint), "): ", ForTerminal(status.message())));
  }
  return status;
}

absl::Status Monitor::Follow(const Checkpoint& checkpoint, const TileReader& tiles) {
  while (next_index_ < checkpoint.tree_size) {
    const uint64_t bundle = next_index_ / kTileWidth;
    const uint64_t start = bundle * kTileWidth;
    const auto width =
        static_cast<uint16_t>(std::min<uint64_t>(checkpoint.tree_size - start, kTileWidth));
    CANDOR_ASSIGN_OR_RETURN(std::vector<std::string> entries, reader_->ReadEntries(bundle, width));
    entries.erase(entries.begin(), entries.begin() + static_cast<ptrdiff_t>(next_index_ - start));
    CANDOR_RETURN_IF_ERROR(CheckLeaves(entries, next_index_, tiles));
    absl::Status status;
    for (size_t i = 0; i < entries.size() && status.ok(); ++i) {
      status = CheckEntry(next_index_, entries[i]);
      if (status.ok()) ++next_index_;
    }
    const absl::Status saved = Save();
    CANDOR_RETURN_IF_ERROR(status);  // first: it may be an alarm
    CANDOR_RETURN_IF_ERROR(saved);
  }
  return absl::OkStatus();
}

absl::Status Monitor::CheckLeaves(const std::vector<std::string>& entries, uint64_t first,
                                  const TileReader& tiles) {
  std::vector<NodeId> leaves;
  for (size_t i = 0; i < entries.size(); ++i) leaves.push_back({0, first + i});
  CANDOR_ASSIGN_OR_RETURN(const std::vector<Hash> hashes, ReadExactly(tiles, leaves));
  for (size_t i = 0; i < entries.size(); ++i) {
    if (LeafHash(entries[i]) == hashes[i]) continue;
    return Alarm("TREE_MISMATCH", absl::StrCat("the log serves an entry ", first + i,
                                               " that is not the one in the tree that it signed"));
  }
  return absl::OkStatus();
}

absl::Status Monitor::Inadmissible(uint64_t index, const std::string& bytes,
                                   const absl::Status& why) {
  const std::string name = absl::StrCat("evidence-entry-", index, ".bin");
  const absl::Status kept = state_->KeepEvidence(name, bytes);
  return Alarm(
      "ENTRY_INADMISSIBLE",
      absl::StrCat("entry ", index, " may not be in the log: ", ForTerminal(why.message()),
                   kept.ok() ? absl::StrCat("; it is kept in ", state_->folder(), "/", name) : ""));
}

absl::Status Monitor::ReplayOne(const absl::StatusOr<Entry>& entry, uint64_t index) {
  if (!entry.ok()) return entry.status();
  absl::Status status = ReplayEntry(*registry_, *entry, index);
  if (ReasonOf(status) == "PAYLOAD_MISSING") {
    // No payload excuses what is wrong without it.
    CANDOR_RETURN_IF_ERROR(CheckWithoutPayload(*registry_, *entry, index));
  }
  return status;
}

absl::Status Monitor::CheckEntry(uint64_t index, const std::string& bytes) {
  const absl::StatusOr<Entry> entry = DecodeEntry(bytes);
  const absl::Status status = ReplayOne(entry, index);
  if (IsRefusal(status)) return Inadmissible(index, bytes, status);
  if (ReasonOf(status) == "PAYLOAD_MISSING" || absl::IsUnimplemented(status)) {
    return Refuse(absl::StatusCode::kUnimplemented, "ENTRY_UNSUPPORTED",
                  absl::StrCat("entry ", index,
                               " is beyond this program, which goes no further (a "
                               "newer candor may): ",
                               ForTerminal(status.message())));
  }
  if (!status.ok()) return Annotate(status, absl::StrCat("entry ", index));
  CANDOR_ASSIGN_OR_RETURN(const EntryContent content, ExamineEntry(*entry));
  if (IsRegistryKind(content.kind)) state_->AddRegistryEntry(index, bytes);
  CANDOR_ASSIGN_OR_RETURN(const std::vector<std::string> participants, ParticipantsOf(*entry));
  observer_->OnEntry(index, *entry, participants);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> Monitor::ParticipantsOf(const Entry& entry) const {
  std::set<std::string> names;
  for (const EntrySignature& signature : entry.signatures()) {
    CANDOR_ASSIGN_OR_RETURN(const std::optional<KeyRecord> key, registry_->FindKey(signature.key));
    if (key && !key->participant.empty()) names.insert(key->participant);
  }
  return std::vector<std::string>(names.begin(), names.end());
}

}  // namespace candor
