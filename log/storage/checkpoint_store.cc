// SPDX-License-Identifier: Apache-2.0
#include "log/storage/checkpoint_store.h"

#include "absl/strings/str_cat.h"
#include "core/util/reason.h"

namespace candor {

absl::Status CheckCheckpointPut(const std::optional<StoredCheckpoint>& last, uint64_t tree_size,
                                std::string_view note) {
  if (note.empty() || note.size() > kMaxCheckpointBytes) {
    return Refuse(absl::StatusCode::kInvalidArgument, "CHECKPOINT_TOO_LARGE",
                  absl::StrCat("checkpoint note must have 1 to ", kMaxCheckpointBytes,
                               " bytes, it has ", note.size()));
  }
  if (last.has_value() && last->tree_size > tree_size) {
    return Refuse(
        absl::StatusCode::kFailedPrecondition, "CHECKPOINT_GOES_BACK",
        absl::StrCat("checkpoint of size ", tree_size, " is smaller than the last one of size ",
                     last->tree_size, "; a log's checkpoints only grow"));
  }
  return absl::OkStatus();
}

}  // namespace candor
