// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/mutex.h"

namespace candor {

inline constexpr char kParticipantRateLimit[] = "PARTICIPANT_RATE_LIMIT";

// How fast one participant may add: a bucket of `burst` tokens that fills with `rate` tokens a
// second. An entry takes one.
struct ParticipantLimit {
  double rate = 0;  // 0: no limit
  double burst = 1;
};

// A token bucket for each participant, so that none can fill the queue that all share. A bucket
// that is full again is forgotten: memory is for participants that added in the last burst/rate
// seconds only. Thread-safe.
class ParticipantLimiter {
 public:
  // `clock` must outlive this.
  ParticipantLimiter(ParticipantLimit limit, const Clock* clock);

  // Takes a token of each, or none: RESOURCE_EXHAUSTED (reason PARTICIPANT_RATE_LIMIT) with the
  // delay after which it may work.
  absl::Status Take(const std::set<std::string>& participants);
  // Takes back what Take did, for an entry that was not logged after all.
  void GiveBack(const std::set<std::string>& participants);

  // Participants whose buckets are not full.
  size_t buckets() const;

 private:
  absl::Time FullAt(const std::string& participant, absl::Time now) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SetFullAt(const std::string& participant, absl::Time full_at, absl::Time now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ForgetFull(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const ParticipantLimit limit_;
  const absl::Duration per_token_;  // in which one token comes
  const absl::Duration per_burst_;  // in which an empty bucket fills
  const Clock* const clock_;
  mutable Mutex mutex_;
  // A bucket is nothing but the time at which it will be full; the same twice, for both orders.
  std::map<std::string, absl::Time> full_at_ ABSL_GUARDED_BY(mutex_);
  std::set<std::pair<absl::Time, std::string>> by_time_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace candor
