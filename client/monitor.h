// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/clock.h"
#include "client/monitor_state.h"
#include "client/remote_log_reader.h"
#include "client/tile_cache.h"
#include "core/attest/entry.h"
#include "core/attest/memory_registry.h"
#include "core/merkle/tile_reader.h"
#include "core/note/policy.h"

namespace candor {

// Hears what a monitor found in order, from the thread that runs it. What was told may be told
// again after a crash or a failed Flush, never skipped.
class MonitorObserver {
 public:
  virtual ~MonitorObserver() = default;
  // A checkpoint that satisfies the policy and extends all before it.
  virtual void OnCheckpoint(const PolicyResult& checkpoint) = 0;
  // An entry that is in the tree and may be. `participants`: whose keys signed, each once, by name;
  // the log's own keys are nobody's.
  virtual void OnEntry(uint64_t index, const Entry& entry,
                       absl::Span<const std::string> participants) = 0;
  // Called before the monitor remembers what it told: OK when all of it has safely left. After an
  // error the monitor remembers nothing more.
  virtual absl::Status Flush() = 0;
};

// Follows a log: every checkpoint must satisfy the policy and extend the one before, every entry
// must be in the tree and pass admission as replayed from entry 0. Remembers where it is, durably.
// Not thread-safe.
class Monitor {
 public:
  // `policy`, `reader`, `state`, `clock` and `observer` must outlive this. Errors as
  // MonitorState's.
  static absl::StatusOr<std::unique_ptr<Monitor>> Create(const Policy* policy,
                                                         RemoteLogReader* reader,
                                                         MonitorState* state, const Clock* clock,
                                                         MonitorObserver* observer);

  // Catches up with the log's current checkpoint. OK when everything was in order. Nothing wrong is
  // ever stepped over: after an error the next Poll starts at the same place. Alarms are DATA_LOSS:
  //   CHECKPOINT_REFUSED  the log serves a checkpoint that the policy does not accept
  //   LOG_FORKED          a signed checkpoint is inconsistent with an earlier one; both are kept in
  //                       the state folder as evidence
  //   TREE_MISMATCH       tiles or entries are not those of the signed tree
  //   ENTRY_INADMISSIBLE  an entry should not be in the log; it is kept in the state folder
  //   LOG_CHANGED         the log at this URL has another origin than the one followed so far
  //   LOG_WENT_BACK_UNPROVEN  an older checkpoint is served, and not the tiles that would show that
  //                       the newer one extends it; both are kept in the state folder
  // Not alarms: FAILED_PRECONDITION with reason LOG_WENT_BACK (an older, consistent checkpoint is
  // served: a stale cache, or a log that was restored), UNIMPLEMENTED (an entry of a later
  // version), and the reader's errors. An error of the observer's Flush is the answer of this and
  // every later Poll: start over from the state folder.
  absl::Status Poll();

  uint64_t next_index() const { return next_index_; }

 private:
  Monitor(const Policy* policy, RemoteLogReader* reader, MonitorState* state, const Clock* clock,
          MonitorObserver* observer);
  absl::Status Restore();

  absl::StatusOr<PolicyResult> ReadCheckpoint();
  absl::Status CatchUp(const PolicyResult& result);
  absl::Status Extend(const PolicyResult& result, const TileReader& tiles);
  absl::Status RefuseOlder(const PolicyResult& result);
  absl::Status Fork(const PolicyResult& result, std::string_view what);
  absl::Status Follow(const Checkpoint& checkpoint, const TileReader& tiles);
  absl::Status CheckLeaves(const std::vector<std::string>& entries, uint64_t first,
                           const TileReader& tiles);
  absl::Status CheckEntry(uint64_t index, const std::string& bytes);
  absl::Status Inadmissible(uint64_t index, const std::string& bytes, const absl::Status& why);
  absl::StatusOr<std::vector<std::string>> ParticipantsOf(const Entry& entry) const;
  absl::Status ReplayOne(const absl::StatusOr<Entry>& entry, uint64_t index);
  std::string KeepUnresolved(const PolicyResult& result);
  absl::Status Save();

  const Policy* const policy_;
  RemoteLogReader* const reader_;
  MonitorState* const state_;
  const Clock* const clock_;
  MonitorObserver* const observer_;
  TileCache cache_;
  absl::Status flushed_;  // the observer's first error

  std::string note_;  // the newest accepted checkpoint, "" before the first
  std::optional<Checkpoint> current_;
  uint64_t next_index_ = 0;
  std::unique_ptr<MemoryRegistry> registry_;  // null before the first checkpoint
};

// Whether a Poll error is an alarm about the log (as opposed to something that hinders looking).
bool IsMonitorAlarm(const absl::Status& status);

}  // namespace candor
