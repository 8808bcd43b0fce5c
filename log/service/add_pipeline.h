// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/thread_pool.h"
#include "core/attest/resolve.h"
#include "log/publisher/publisher.h"
#include "log/sequencer/log_reader.h"
#include "log/sequencer/sequencer.h"
#include "log/service/add_call.h"
#include "log/service/participant_limiter.h"

namespace candor {

struct AddPipelineOptions {
  size_t verification_threads = 2;
  size_t max_queued = 8192;                    // waiting for verification
  size_t max_queued_bytes = size_t{64} << 20;  // their envelopes
  size_t max_in_flight = 32'768;               // calls that are not answered yet
  absl::Duration request_deadline = absl::Seconds(30);
  absl::Duration retry_delay = absl::Seconds(1);  // what callers are told when a queue is full
  ParticipantLimit participant_limit;
};

// All outlive the pipeline; `metrics` may be null.
struct AddPipelineDependencies {
  const Clock* clock = nullptr;
  Sequencer* sequencer = nullptr;
  Publisher* publisher = nullptr;
  const LogReader* reader = nullptr;
  MetricsRegistry* metrics = nullptr;
};

// The life of a submission (docs/architecture.md): bounded, parsed, verified in parallel against
// the registry, handed to the sequencer, and, when asked for, answered with its proof once it is
// published. Thread-safe.
class AddPipeline {
 public:
  AddPipeline(AddPipelineOptions options, AddPipelineDependencies dependencies);
  // Call Stop of the sequencer and the publisher first: both hold callbacks into this.
  ~AddPipeline();

  // Calls `done` exactly once, from any thread, perhaps before this returns; it must be quick.
  // Errors:
  //   RESOURCE_EXHAUSTED "QUEUE_FULL" and the sequencer's: nothing was logged, with a retry delay;
  //   "PARTICIPANT_RATE_LIMIT": the same, for one participant; what is logged already is answered
  //   INVALID_ARGUMENT, PERMISSION_DENIED, ALREADY_EXISTS, UNIMPLEMENTED: refused, nothing logged
  //   DEADLINE_EXCEEDED "DEADLINE_EXCEEDED": too late to be verified, nothing was logged
  //   UNAVAILABLE "NOT_YET_PUBLISHED": logged; metadata index, leafHash, statementId
  //   UNAVAILABLE "SHUTTING_DOWN", "SEQUENCER_HALTED": it may or may not be logged
  // A retry is always safe.
  std::shared_ptr<AddCall> Add(AddSubmission submission, AddDone done);

  // Refuses everything from now on with UNAVAILABLE "SHUTTING_DOWN".
  void BeginDrain() { draining_ = true; }

  size_t in_flight() const { return in_flight_; }
  // Participants that added lately, as the rate limit remembers them.
  size_t limited_participants() const { return limiter_.buckets(); }

 private:
  struct Work;
  struct Meters;

  absl::Status CheckCapacity(const Work& work);
  void Verify(const std::shared_ptr<Work>& work);
  absl::StatusOr<Resolution> ResolveSubmission(AddSubmission submission);
  absl::Status Charge(const Resolution& resolution, Work& work);
  void Sequenced(const std::shared_ptr<Work>& work, absl::StatusOr<AddResult> result);
  void Published(const std::shared_ptr<Work>& work, const AddResult& result,
                 PublishWaiters::Result published);
  void CountFailure(const absl::Status& status);

  const AddPipelineOptions options_;
  const AddPipelineDependencies dependencies_;
  std::unique_ptr<Meters> meters_;
  ParticipantLimiter limiter_;
  std::atomic<bool> draining_ = false;
  std::atomic<size_t> in_flight_ = 0;
  std::atomic<size_t> queued_bytes_ = 0;
  // Each holds at most the calls in flight. Answering comes last, so that verification can not
  // starve it.
  ThreadPool verifiers_;
  ThreadPool answerers_;
};

}  // namespace candor
