// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/thread_pool.h"
#include "log/publisher/publisher.h"
#include "log/sequencer/log_reader.h"
#include "log/sequencer/sequencer.h"
#include "log/service/add_call.h"
#include "log/service/add_pipeline.h"
#include "log/service/log_queries.h"
#include "log/storage/checkpoint_store.h"

namespace candor {

struct LogServiceOptions {
  AddPipelineOptions add;
  size_t read_threads = 2;
  size_t max_queued_reads = 4096;
};

// All outlive the service; `metrics` may be null.
struct LogServiceDependencies {
  const Clock* clock = nullptr;
  Sequencer* sequencer = nullptr;
  Publisher* publisher = nullptr;
  const LogReader* reader = nullptr;
  const CheckpointStore* checkpoints = nullptr;
  MetricsRegistry* metrics = nullptr;
};

struct Readiness {
  bool ready = false;
  std::string problem;  // one sentence when not ready
  PublisherHealth publisher;
};

// What a log offers, without a transport: HTTP and gRPC are thin adapters over it. Thread-safe.
//
// To stop: BeginDrain, stop the transports, StopReads, then the sequencer and the publisher; then
// destroy the transports and it, in this order.
class LogService {
 public:
  LogService(LogServiceOptions options, LogServiceDependencies dependencies);

  std::shared_ptr<AddCall> Add(AddSubmission submission, AddDone done) {
    return pipeline_.Add(std::move(submission), std::move(done));
  }

  // Blocking reads: call them within RunRead.
  const LogQueries& queries() const { return queries_; }

  // Runs `read` on a thread that may block on the store. RESOURCE_EXHAUSTED (reason QUEUE_FULL,
  // with a retry delay) when too many wait, UNAVAILABLE (SHUTTING_DOWN) after StopReads: then it
  // never runs. Else it always does, by the end of StopReads at the latest.
  absl::Status RunRead(std::function<void()> read);

  // SHUTTING_DOWN from StopReads on. A read that has waited until then answers this: whoever asked
  // is gone.
  absl::Status CheckReads() const;

  // Refuses further reads and waits until none is left. What reads refer to may be destroyed then.
  void StopReads();

  // Whether a new entry would be published now, and if not, why.
  Readiness CheckReadiness() const;

  // Refuses new submissions; readiness says so.
  void BeginDrain();

  const Clock& clock() const { return *dependencies_.clock; }
  // The Prometheus text of all metrics, "" when none are kept.
  std::string ExposeMetrics() const;

 private:
  // Shown as they are when metrics are asked for.
  struct Gauges {
    Gauge* sequenced_size;
    Gauge* unpublished;
    Gauge* queued;
    Gauge* batches;
    Gauge* in_flight;
    Gauge* limited_participants;
  };

  const LogServiceDependencies dependencies_;
  Gauges gauges_ = {};
  std::atomic<bool> draining_ = false;
  std::atomic<bool> reads_stopped_ = false;
  LogQueries queries_;
  AddPipeline pipeline_;
  ThreadPool readers_;
};

}  // namespace candor
