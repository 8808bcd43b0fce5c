// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "base/metrics.h"
#include "core/note/policy.h"
#include "log/publisher/publisher_health.h"

namespace candor {

// The publisher's metrics. As thread-safe as its instruments.
class PublisherMeters {
 public:
  // `registry` outlives this.
  PublisherMeters(MetricsRegistry& registry, const Policy& policy);

  void Answered(size_t witness, bool cosigned);
  void Show(const PublisherHealth& health);

 private:
  struct Witness {
    Counter* cosigned;
    Counter* failed;
  };
  Gauge* signed_size_;
  Gauge* published_size_;
  Gauge* published_time_;
  Gauge* healthy_;
  std::vector<Witness> witnesses_;
};

}  // namespace candor
