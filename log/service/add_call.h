// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "core/attest/dsse.h"
#include "core/crypto/hash.h"
#include "log/publisher/publisher.h"
#include "log/sequencer/sequencer.h"

namespace candor {

struct AddSubmission {
  // The JSON document, not yet parsed, or the envelope in parts.
  std::variant<std::string, DsseEnvelope> envelope;
  // Keys to try when the signatures' key ids do not name them.
  std::vector<KeyHash> key_hints;
  // Answer only when a published checkpoint covers the entry, with the proof.
  bool wait_published = false;
  // Give up then. InfiniteFuture: the service's own limit.
  absl::Time deadline = absl::InfiniteFuture();
};

struct AddAnswer {
  AddResult result;
  std::string tlog_proof;  // with wait_published
};

using AddDone = std::function<void(absl::StatusOr<AddAnswer>)>;

// One submission on its way. Shared by the pipeline and the caller. Thread-safe.
class AddCall {
 public:
  explicit AddCall(AddDone done) : done_(std::move(done)) {}

  // The caller does not need the answer any more: `done` is called soon, with CANCELLED unless it
  // was called already. An entry that is being sequenced is logged all the same.
  void Cancel();

  // For the pipeline.
  bool cancelled() const;
  // Calls `done`, the first time.
  void Finish(absl::StatusOr<AddAnswer> answer);
  // The call waits for publication under this number of `publisher`, which outlives the wait.
  void Waits(Publisher* publisher, uint64_t wait_id);

 private:
  mutable Mutex mutex_;
  AddDone done_ ABSL_GUARDED_BY(mutex_);
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  Publisher* publisher_ ABSL_GUARDED_BY(mutex_) = nullptr;
  uint64_t wait_id_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace candor
