// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/attest/memory_registry.h"
#include "core/attest/resolve.h"
#include "log/sequencer/answer.h"
#include "log/sequencer/recovery.h"
#include "log/sequencer/sequenced_tree.h"
#include "log/sequencer/verification_token.h"
#include "log/storage/log_index.h"
#include "log/storage/log_store.h"

namespace candor {

struct SequencerOptions {
  size_t max_queued_entries = 8192;
  size_t max_queued_bytes = size_t{64} << 20;
  size_t max_batch_entries = 4096;
  size_t max_batch_bytes = size_t{4} << 20;
  // How long a batch waits, from its first entry, for submissions that are in verification.
  absl::Duration max_batch_delay = absl::Milliseconds(2);
  // Sequenced entries beyond the published size; over it new entries are refused.
  uint64_t max_unpublished_entries = 100'000;
  // What refused callers are told to wait.
  absl::Duration queue_retry_delay = absl::Seconds(1);
  absl::Duration backlog_retry_delay = absl::Seconds(10);
};

// An envelope whose signatures were verified (Resolve): with a canonical entry, or with a refusal
// that is given unless the submission turns out to be a duplicate.
using Submission = Resolution;

struct SequencerStats {
  size_t queued_entries = 0;
  size_t queued_bytes = 0;
  size_t in_verification = 0;
  uint64_t tree_size = 0;       // durable
  uint64_t published_size = 0;  // as last reported
  uint64_t batches = 0;         // committed since the start
  uint64_t entries = 0;         // committed since the start
  uint64_t duplicates = 0;      // answered since the start
  uint64_t refused = 0;         // submissions since the start
};

// The one writer of a log: decides the order, admits in that order, and makes batches durable. A
// batch gathers while the one before it syncs. Answers come only after durability. Thread-safe.
//
// When the outcome of an append is unknown the sequencer reads the head again: it goes on if the
// batch is there; otherwise, or when the head is another writer's, every waiter gets UNAVAILABLE
// with reason SEQUENCER_HALTED (submit again later: the entry may or may not be logged) and it
// halts for good.
class Sequencer {
 public:
  // `store` and `index` outlive this. Nothing runs before Start.
  static absl::StatusOr<std::unique_ptr<Sequencer>> Create(LogStore* store, const LogIndex* index,
                                                           const RecoveredLog& recovered,
                                                           const SequencerOptions& options);
  ~Sequencer();  // Stops.
  Sequencer(const Sequencer&) = delete;
  Sequencer& operator=(const Sequencer&) = delete;

  // Told of every new durable head, in order, from a thread of the sequencer's that holds no lock.
  // Set before Start. Must be quick.
  void SetHeadListener(std::function<void(const StoredHead&)> listener);

  void Start();

  // Takes no more, sequences what was taken, answers everyone, joins the threads. Safe to call
  // twice.
  void Stop();

  // Queues a submission and returns; the callback gets the result:
  //   RESOURCE_EXHAUSTED "QUEUE_FULL", "UNPUBLISHED_BACKLOG", with a retry delay
  //   (base/http_status.h) UNAVAILABLE "SEQUENCER_HALTED", "SHUTTING_DOWN" what Block was given;
  //   the submission's refusal; what Admit says
  // With any error but SEQUENCER_HALTED nothing was logged.
  void Add(Submission submission, AddCallback callback);

  // What Add would refuse at once, for callers that want to know before they spend work.
  absl::Status CheckCapacity() const;

  // To hold while a submission is being verified.
  VerificationToken BeginVerification();

  // From the publisher: checkpoints up to this size are published. 0 before the first call; never
  // goes down.
  void SetPublishedSize(uint64_t tree_size);

  // While `why` is not OK every Add is refused with it (the rollback guard). A log that recovered
  // with a signing error is blocked by that, as UNAVAILABLE, whatever is said here. What was queued
  // before is still sequenced.
  void Block(absl::Status why);

  // OK, or why it halted.
  absl::Status health() const;
  SequencerStats stats() const;

  // The registry as of the newest durable tree; a new object when it changes. Never null; its
  // FindLogged must not be called when this is gone.
  std::shared_ptr<const MemoryRegistry> registry() const;
  // The newest durable tree, for LogReader. Lives as long as this.
  const SequencedTree& tree() const;

 private:
  class Impl;
  explicit Sequencer(std::unique_ptr<Impl> impl);

  const std::unique_ptr<Impl> impl_;
};

}  // namespace candor
