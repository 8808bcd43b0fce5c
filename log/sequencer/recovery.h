// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/attest/memory_registry.h"
#include "core/note/vkey.h"
#include "log/sequencer/right_edge.h"
#include "log/storage/checkpoint_file.h"
#include "log/storage/checkpoint_store.h"
#include "log/storage/log_index.h"
#include "log/storage/log_store.h"

namespace candor {

struct RecoveryInputs {
  std::string origin;
  const LogStore* store = nullptr;
  const LogIndex* index = nullptr;
  const CheckpointStore* checkpoints = nullptr;
  const CheckpointFile* checkpoint_file = nullptr;
  std::vector<VerifierKey> log_keys;  // the log's own, retired ones included
};

// What a log that was stopped, however, starts from.
struct RecoveredLog {
  StoredHead head;
  RightEdge edge;
  MemoryRegistry registry;  // as of `head`, without logged keys
  std::optional<StoredCheckpoint> last_signed;
  // OK, or why this log may not add or sign although its store can be read. FAILED_PRECONDITION:
  //   "STORE_BEHIND"             a larger checkpoint was signed than the store holds
  //   "STORE_DIFFERS"            a signed checkpoint is not a prefix of the store's tree
  //   "CHECKPOINT_FILE_MISSING"  the store says that one was signed, but the file is gone
  //   "CHECKPOINT_FILE_INVALID"  the file is not a checkpoint signed by this log
  // Each message says what happened and what to do.
  absl::Status signing;
};

// Rebuilds the right edge from the stored entries and tiles, recomputes the root, loads the
// registry, and compares all with the head, the index and the last signed checkpoint. Writes
// nothing.
//   FAILED_PRECONDITION "LOG_EMPTY"        the store has no entry 0
//   DATA_LOSS "STORE_DAMAGED"              the store contradicts itself; the message says where
//   FAILED_PRECONDITION "INDEX_BEHIND"     the index does not end where the head does
// and whatever the store answers.
//
// The publisher must write the checkpoint file before CheckpointStore::PutSigned: a crash between
// the two is then no contradiction.
absl::StatusOr<RecoveredLog> RecoverLog(const RecoveryInputs& inputs);

}  // namespace candor
