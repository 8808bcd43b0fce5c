// SPDX-License-Identifier: Apache-2.0
#include "witness/state/witness_state.h"

#include "core/util/reason.h"

namespace candor {
namespace {

bool Same(const CosignedCheckpointPtr& a, const CosignedCheckpointPtr& b) {
  if (a == nullptr || b == nullptr) return a == b;
  return a->note() == b->note();
}

absl::Status WouldGoBack(std::string_view message) {
  return Refuse(absl::StatusCode::kFailedPrecondition, "STATE_WOULD_GO_BACK", message);
}

}  // namespace

absl::Status CheckAdvance(const CosignedCheckpointPtr& latest,
                          const CosignedCheckpointPtr& expected,
                          const CosignedCheckpointPtr& next) {
  if (!Same(latest, expected)) {
    return Refuse(absl::StatusCode::kAborted, "STATE_CONFLICT",
                  "another checkpoint of this log was cosigned meanwhile");
  }
  if (latest == nullptr) return absl::OkStatus();
  const Checkpoint& old_head = latest->checkpoint();
  const Checkpoint& new_head = next->checkpoint();
  if (new_head.tree_size < old_head.tree_size) {
    return WouldGoBack("the tree is smaller than the latest one that was cosigned");
  }
  if (new_head.tree_size == old_head.tree_size && new_head.root != old_head.root) {
    return WouldGoBack("the tree has the size of the latest one that was cosigned, not its root");
  }
  if (next->cosigned_at() < latest->cosigned_at()) {
    return WouldGoBack("the time is earlier than that of the latest cosignature");
  }
  return absl::OkStatus();
}

}  // namespace candor
