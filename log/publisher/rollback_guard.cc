// SPDX-License-Identifier: Apache-2.0
#include "log/publisher/rollback_guard.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "core/util/reason.h"

namespace candor {
namespace {

std::string StartProblem(uint64_t signed_size, const std::vector<WitnessHealth>& witnesses) {
  std::string words =
      signed_size == 0
          ? "nothing is accepted until the witnesses have confirmed the first checkpoint"
          : absl::StrCat(
                "nothing new is accepted or signed until so many witnesses have confirmed "
                "the signed checkpoint of ",
                signed_size, " entries since the start that the others could not form a quorum");
  const char* separator = ": ";
  for (const WitnessHealth& witness : witnesses) {
    if (witness.state == WitnessState::kCosigned) continue;
    absl::StrAppend(&words, separator, witness.name, " ",
                    witness.error.empty() ? "has not answered yet" : witness.error);
    separator = "; ";
  }
  return words;
}

}  // namespace

RollbackGuard::RollbackGuard(const Policy* policy, const std::vector<WitnessLink>* links)
    : policy_(policy), links_(links), confirmed_(policy->witnesses().size()) {
  if (policy->quorum_is_none()) cleared_ = 0;
}

bool RollbackGuard::Confirmed(size_t witness, uint64_t signed_size) const {
  const WitnessLink& link = (*links_)[witness];
  return link.state() == WitnessState::kCosigned && confirmed_[witness] == disputes_ &&
         link.size() == signed_size;
}

bool RollbackGuard::Update(uint64_t signed_size) {
  if (cleared_ == disputes_ || signed_size == 0) return false;
  absl::flat_hash_set<std::string> others;
  for (size_t i = 0; i < links_->size(); ++i) {
    if (!Confirmed(i, signed_size)) others.insert((*links_)[i].name());
  }
  if (policy_->QuorumSatisfied(others)) return false;
  const bool was_starting = starting();
  cleared_ = disputes_;
  return was_starting;
}

bool RollbackGuard::AnyDispute() const {
  return std::any_of(links_->begin(), links_->end(), [](const WitnessLink& link) {
    return link.state() == WitnessState::kDisputed;
  });
}

bool RollbackGuard::MaySign() const {
  return cleared_ == disputes_ || (!starting() && !AnyDispute());
}

bool RollbackGuard::MustConfirm(size_t witness, uint64_t signed_size) const {
  // Also a cosignature that an earlier run left says nothing of what the witness holds now.
  if (!confirmed_[witness].has_value()) return true;
  if ((*links_)[witness].state() == WitnessState::kDisputed) return true;
  return (starting() || AnyDispute()) && !Confirmed(witness, signed_size);
}

std::string RollbackGuard::Problem(uint64_t signed_size,
                                   const std::vector<WitnessHealth>& witnesses,
                                   std::optional<size_t> smallest_quorum) const {
  if (MaySign()) return "";
  if (!AnyDispute()) return StartProblem(signed_size, witnesses);
  return absl::StrCat(
      "a witness disputes our tree, so nothing new is accepted or signed; if another copy of this "
      "log ran, stop both and keep the one with the larger tree: ",
      QuorumProblem(witnesses, smallest_quorum));
}

absl::Status RollbackGuard::MayWrite(const std::string& problem) const {
  if (MaySign()) return absl::OkStatus();
  return Refuse(absl::StatusCode::kUnavailable,
                AnyDispute() ? "WITNESS_DISPUTE" : "WITNESSES_NOT_CONFIRMED",
                absl::StrCat(problem, "; nothing was logged, submit again later"));
}

}  // namespace candor
