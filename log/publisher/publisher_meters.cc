// SPDX-License-Identifier: Apache-2.0
#include "log/publisher/publisher_meters.h"

#include "absl/time/time.h"

namespace candor {

PublisherMeters::PublisherMeters(MetricsRegistry& registry, const Policy& policy)
    : signed_size_(
          &registry.AddGauge("candor_signed_tree_size", "Size of the largest signed checkpoint")),
      published_size_(
          &registry.AddGauge("candor_published_tree_size", "Size of the published checkpoint")),
      published_time_(&registry.AddGauge("candor_published_timestamp_seconds",
                                         "When a checkpoint was last published, POSIX time")),
      healthy_(&registry.AddGauge("candor_publisher_healthy",
                                  "1 while new checkpoints can be published, else 0")) {
  for (const PolicyWitness& witness : policy.witnesses()) {
    const auto counter = [&](const char* result) {
      return &registry.AddCounter("candor_witness_answers_total",
                                  "Answers to add-checkpoint, by witness and result",
                                  {{"witness", witness.name}, {"result", result}});
    };
    witnesses_.push_back({counter("cosigned"), counter("failed")});
  }
}

void PublisherMeters::Answered(size_t witness, bool cosigned) {
  (cosigned ? witnesses_[witness].cosigned : witnesses_[witness].failed)->Increment();
}

void PublisherMeters::Show(const PublisherHealth& health) {
  signed_size_->Set(static_cast<double>(health.signed_size));
  published_size_->Set(static_cast<double>(health.published_size));
  healthy_->Set(health.ok ? 1 : 0);
  if (health.published_size > 0) {
    published_time_->Set(absl::ToDoubleSeconds(health.published_at - absl::UnixEpoch()));
  }
}

}  // namespace candor
