// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "base/mutex.h"
#include "log/sequencer/batch_builder.h"
#include "log/storage/log_store.h"

namespace candor {

// Makes `request` durable: OK when it is, also when the store did not know at first but reading the
// head again shows it. Otherwise what happened; it may or may not be found after a restart, and
// nothing may be appended before that.
absl::Status CommitAppend(LogStore& store, const AppendRequest& request);

// Commits batches, one after the other, on a thread of its own. Thread-safe.
class Committer {
 public:
  // Told on the committer's thread what became of each batch. After a failure no more batches may
  // be submitted.
  using Done = std::function<void(Batch batch, absl::Status status)>;

  Committer(LogStore* store, Done done);  // `store` outlives this
  ~Committer();                           // Stops.
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  void Start();
  // Only when no batch waits.
  void Submit(Batch batch);
  // Commits what was submitted and joins.
  void Stop();

 private:
  void Run();

  LogStore* const store_;
  const Done done_;
  Mutex mutex_;
  CondVar changed_;
  std::optional<Batch> next_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace candor
