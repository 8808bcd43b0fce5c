// SPDX-License-Identifier: Apache-2.0
#include "log/service/participant_limiter.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/http_status.h"
#include "core/util/reason.h"

namespace candor {
namespace {

absl::Status OverTheLimit(const std::string& participant, const ParticipantLimit& limit,
                          absl::Duration delay) {
  return WithRetryAfter(
      Refuse(absl::StatusCode::kResourceExhausted, kParticipantRateLimit,
             absl::StrCat(participant, " adds faster than this log takes from one participant (",
                          limit.rate, " entries a second, ", limit.burst,
                          " at once); nothing was logged, submit again later")),
      delay);
}

}  // namespace

ParticipantLimiter::ParticipantLimiter(ParticipantLimit limit, const Clock* clock)
    : limit_(limit),
      per_token_(limit.rate > 0 ? absl::Seconds(1) / limit.rate : absl::ZeroDuration()),
      per_burst_(per_token_ * limit.burst),
      clock_(clock) {}

absl::Status ParticipantLimiter::Take(const std::set<std::string>& participants) {
  if (limit_.rate <= 0) return absl::OkStatus();
  const absl::Time now = clock_->Now();
  MutexLock lock(&mutex_);
  ForgetFull(now);
  for (const std::string& participant : participants) {
    const absl::Duration too_early = FullAt(participant, now) + per_token_ - per_burst_ - now;
    if (too_early > absl::ZeroDuration()) return OverTheLimit(participant, limit_, too_early);
  }
  for (const std::string& participant : participants) {
    SetFullAt(participant, FullAt(participant, now) + per_token_, now);
  }
  return absl::OkStatus();
}

void ParticipantLimiter::GiveBack(const std::set<std::string>& participants) {
  if (limit_.rate <= 0) return;
  const absl::Time now = clock_->Now();
  MutexLock lock(&mutex_);
  for (const std::string& participant : participants) {
    SetFullAt(participant, FullAt(participant, now) - per_token_, now);
  }
}

size_t ParticipantLimiter::buckets() const {
  MutexLock lock(&mutex_);
  return full_at_.size();
}

// A bucket is at best full and at worst empty, also when the clock was set back.
absl::Time ParticipantLimiter::FullAt(const std::string& participant, absl::Time now) const {
  const auto it = full_at_.find(participant);
  return it == full_at_.end() ? now : std::clamp(it->second, now, now + per_burst_);
}

void ParticipantLimiter::SetFullAt(const std::string& participant, absl::Time full_at,
                                   absl::Time now) {
  if (const auto it = full_at_.find(participant); it != full_at_.end()) {
    by_time_.erase({it->second, participant});
    full_at_.erase(it);
  }
  if (full_at <= now) return;
  full_at_.emplace(participant, full_at);
  by_time_.emplace(full_at, participant);
}

void ParticipantLimiter::ForgetFull(absl::Time now) {
  while (!by_time_.empty() && by_time_.begin()->first <= now) {
    full_at_.erase(by_time_.begin()->second);
    by_time_.erase(by_time_.begin());
  }
}

}  // namespace candor
