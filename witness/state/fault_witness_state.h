// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"
#include "witness/state/witness_state.h"

namespace candor {

// For tests: a state whose next Advance fails, or is overtaken by another writer.
class FaultWitnessState final : public WitnessState {
 public:
  enum class Fault {
    kNone,
    kNotPersisted,  // fails, and nothing was stored
    kPersisted,     // fails, and it was stored all the same
  };

  // `base` must outlive this.
  explicit FaultWitnessState(WitnessState* base) : base_(base) {}

  void FailNext(Fault fault);
  // Runs `action` once, right before the next Advance.
  void BeforeNextAdvance(std::function<void()> action);
  // Calls of Advance so far.
  int advances() const;

  CosignedCheckpointPtr Latest(const Hash& origin_hash) const override;
  absl::Status Advance(const CosignedCheckpointPtr& expected,
                       const CosignedCheckpointPtr& next) override;
  absl::Status Health() const override;

 private:
  WitnessState* const base_;
  mutable Mutex mutex_;
  Fault next_fault_ ABSL_GUARDED_BY(mutex_) = Fault::kNone;
  int advances_ ABSL_GUARDED_BY(mutex_) = 0;
  bool failed_ ABSL_GUARDED_BY(mutex_) = false;
  std::function<void()> action_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace candor
