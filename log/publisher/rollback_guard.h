// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/note/policy.h"
#include "log/publisher/publisher_health.h"
#include "log/publisher/witness_link.h"

namespace candor {

// Keeps an old copy of a log (a restored backup, a clone) from signing what contradicts the newer
// one. A copy does not know that it is one, but the witnesses do: from the start on, and from each
// dispute on, nothing new is signed until so many witnesses have confirmed the last signed
// checkpoint that the others could not form a quorum. Then no quorum can have cosigned anything
// else. With `quorum none` there is nobody to ask, and no guard at the start. Not thread-safe.
class RollbackGuard {
 public:
  // Both outlive this; `links` has one for each witness, in the order of the policy.
  RollbackGuard(const Policy* policy, const std::vector<WitnessLink>* links);

  // How many disputes were raised so far; a confirmation counts for the disputes before it was
  // asked for.
  uint64_t disputes() const { return disputes_; }
  void TakeDispute() { ++disputes_; }
  void TakeConfirmation(size_t witness, uint64_t disputes) { confirmed_[witness] = disputes; }

  // Looks whether enough have confirmed the signed checkpoint of this size; 0 when there is none.
  // True when that ends the guard of the start.
  bool Update(uint64_t signed_size);

  bool starting() const { return !cleared_.has_value(); }
  bool AnyDispute() const;
  bool MaySign() const;
  // Whether the witness has yet to confirm the signed checkpoint of this size, even if it cosigned
  // it before.
  bool MustConfirm(size_t witness, uint64_t signed_size) const;

  // Why nothing may be signed, in words; empty when MaySign(). `smallest_quorum` may be unknown.
  std::string Problem(uint64_t signed_size, const std::vector<WitnessHealth>& witnesses,
                      std::optional<size_t> smallest_quorum) const;
  // OK or UNAVAILABLE "WITNESSES_NOT_CONFIRMED" or "WITNESS_DISPUTE" with that problem.
  absl::Status MayWrite(const std::string& problem) const;

 private:
  bool Confirmed(size_t witness, uint64_t signed_size) const;

  const Policy* const policy_;
  const std::vector<WitnessLink>* const links_;
  uint64_t disputes_ = 0;
  std::vector<std::optional<uint64_t>> confirmed_;  // by witness: disputes() then
  std::optional<uint64_t> cleared_;  // disputes() when enough had confirmed; none since the start
};

}  // namespace candor
