// SPDX-License-Identifier: Apache-2.0
#include "witness/state/memory_witness_state.h"

#include "core/util/status_macros.h"

namespace candor {

CosignedCheckpointPtr MemoryWitnessState::Latest(const Hash& origin_hash) const {
  MutexLock lock(&mutex_);
  const auto found = latest_.find(origin_hash);
  return found == latest_.end() ? nullptr : found->second;
}

absl::Status MemoryWitnessState::Advance(const CosignedCheckpointPtr& expected,
                                         const CosignedCheckpointPtr& next) {
  MutexLock lock(&mutex_);
  CosignedCheckpointPtr& latest = latest_[next->origin_hash()];
  CANDOR_RETURN_IF_ERROR(CheckAdvance(latest, expected, next));
  latest = next;
  return absl::OkStatus();
}

}  // namespace candor
