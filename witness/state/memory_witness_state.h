// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "base/mutex.h"
#include "witness/state/witness_state.h"

namespace candor {

// A state that ends with the process: for tests.
class MemoryWitnessState final : public WitnessState {
 public:
  CosignedCheckpointPtr Latest(const Hash& origin_hash) const override;
  absl::Status Advance(const CosignedCheckpointPtr& expected,
                       const CosignedCheckpointPtr& next) override;
  absl::Status Health() const override { return absl::OkStatus(); }

 private:
  mutable Mutex mutex_;
  absl::flat_hash_map<Hash, CosignedCheckpointPtr> latest_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace candor
