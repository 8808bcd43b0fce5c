// SPDX-License-Identifier: Apache-2.0
#include "log/service/log_service.h"

#include <algorithm>
#include <utility>

#include "base/http_status.h"
#include "core/util/reason.h"

namespace candor {

LogService::LogService(LogServiceOptions options, LogServiceDependencies dependencies)
    : dependencies_(dependencies),
      queries_(dependencies.reader, dependencies.publisher, dependencies.checkpoints),
      pipeline_(options.add, AddPipelineDependencies{dependencies.clock, dependencies.sequencer,
                                                     dependencies.publisher, dependencies.reader,
                                                     dependencies.metrics}),
      readers_(options.read_threads, options.max_queued_reads) {
  if (dependencies.metrics == nullptr) return;
  MetricsRegistry& metrics = *dependencies.metrics;
  gauges_.sequenced_size =
      &metrics.AddGauge("candor_sequenced_tree_size", "Size of the durable tree");
  gauges_.unpublished =
      &metrics.AddGauge("candor_unpublished_entries", "Sequenced entries not yet published");
  gauges_.queued =
      &metrics.AddGauge("candor_queued_entries", "Verified entries that wait to be sequenced");
  gauges_.batches =
      &metrics.AddGauge("candor_committed_batches", "Batches committed since the start");
  gauges_.in_flight =
      &metrics.AddGauge("candor_adds_in_flight", "Submissions that are not answered yet");
  gauges_.limited_participants =
      &metrics.AddGauge("candor_rate_limit_buckets", "Participants that added lately");
}

std::string LogService::ExposeMetrics() const {
  if (dependencies_.metrics == nullptr) return "";
  const SequencerStats stats = dependencies_.sequencer->stats();
  gauges_.sequenced_size->Set(static_cast<double>(stats.tree_size));
  gauges_.unpublished->Set(
      static_cast<double>(stats.tree_size - std::min(stats.tree_size, stats.published_size)));
  gauges_.queued->Set(static_cast<double>(stats.queued_entries));
  gauges_.batches->Set(static_cast<double>(stats.batches));
  gauges_.in_flight->Set(static_cast<double>(pipeline_.in_flight()));
  gauges_.limited_participants->Set(static_cast<double>(pipeline_.limited_participants()));
  return dependencies_.metrics->Expose();
}

absl::Status LogService::RunRead(std::function<void()> read) {
  absl::Status scheduled = readers_.Schedule(std::move(read));
  if (!absl::IsResourceExhausted(scheduled)) return scheduled;
  return WithRetryAfter(std::move(scheduled), absl::Seconds(1));
}

absl::Status LogService::CheckReads() const {
  if (!reads_stopped_) return absl::OkStatus();
  return Refuse(absl::StatusCode::kUnavailable, "SHUTTING_DOWN",
                "the log is shutting down; try again when it is back");
}

void LogService::StopReads() {
  reads_stopped_ = true;
  readers_.Shutdown();
}

Readiness LogService::CheckReadiness() const {
  Readiness readiness;
  readiness.publisher = dependencies_.publisher->Health();
  if (draining_) {
    readiness.problem = "the log is shutting down";
  } else if (const absl::Status sequencer = dependencies_.sequencer->health(); !sequencer.ok()) {
    readiness.problem = std::string(sequencer.message());
  } else if (!readiness.publisher.ok) {
    readiness.problem = readiness.publisher.problem;
  } else if (const absl::Status capacity = dependencies_.sequencer->CheckCapacity();
             !capacity.ok() && !absl::IsResourceExhausted(capacity)) {
    // Being busy is no reason to be taken out of service.
    readiness.problem = std::string(capacity.message());
  }
  readiness.ready = readiness.problem.empty();
  return readiness;
}

void LogService::BeginDrain() {
  draining_ = true;
  pipeline_.BeginDrain();
}

}  // namespace candor
