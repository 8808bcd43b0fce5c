// SPDX-License-Identifier: Apache-2.0
#include "witness/state/fault_witness_state.h"

#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

absl::Status NotPersisted() {
  return Refuse(absl::StatusCode::kUnavailable, "STATE_NOT_PERSISTED", "planned fault");
}

}  // namespace

void FaultWitnessState::FailNext(Fault fault) {
  MutexLock lock(&mutex_);
  next_fault_ = fault;
}

void FaultWitnessState::BeforeNextAdvance(std::function<void()> action) {
  MutexLock lock(&mutex_);
  action_ = std::move(action);
}

int FaultWitnessState::advances() const {
  MutexLock lock(&mutex_);
  return advances_;
}

CosignedCheckpointPtr FaultWitnessState::Latest(const Hash& origin_hash) const {
  return base_->Latest(origin_hash);
}

absl::Status FaultWitnessState::Advance(const CosignedCheckpointPtr& expected,
                                        const CosignedCheckpointPtr& next) {
  Fault fault;
  std::function<void()> action;
  {
    MutexLock lock(&mutex_);
    ++advances_;
    fault = std::exchange(next_fault_, Fault::kNone);
    action = std::exchange(action_, nullptr);
    if (fault != Fault::kNone) failed_ = true;
  }
  if (action) action();
  if (fault == Fault::kNotPersisted) return NotPersisted();
  CANDOR_RETURN_IF_ERROR(base_->Advance(expected, next));
  return fault == Fault::kPersisted ? NotPersisted() : absl::OkStatus();
}

absl::Status FaultWitnessState::Health() const {
  MutexLock lock(&mutex_);
  return failed_ ? NotPersisted() : base_->Health();
}

}  // namespace candor
