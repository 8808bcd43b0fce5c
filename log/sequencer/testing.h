// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/mutex.h"
#include "core/attest/memory_registry.h"
#include "core/attest/registry_entries.h"
#include "core/crypto/private_key.h"
#include "log/sequencer/recovery.h"
#include "log/sequencer/sequencer.h"
#include "log/storage/checkpoint_store.h"
#include "log/storage/log_index.h"
#include "log/storage/log_store.h"

namespace candor {

// For tests only: a log with one vendor that has several signing keys, what it submits, and a
// checker of the whole state. Everything aborts on failure unless it returns a status.
class SequencerHarness {
 public:
  static constexpr size_t kVendorKeys = 4;
  static constexpr uint64_t kFirstSize = 2;  // log-config and the vendor's keyset

  SequencerHarness();

  static const std::string& origin();

  // Makes the empty store a log of kFirstSize entries.
  void Begin(LogStore& store, const LogIndex& index) const;

  // A release of "version", signed by the vendor's keys with these numbers.
  Submission Release(uint64_t version, const std::vector<size_t>& keys = {0}) const;
  // A keyset of another participant, and a release by it before that is in the log.
  Submission SecondVendorKeyset() const;
  Submission SecondVendorRelease() const;
  // A release by a key that is not enrolled, beside the vendor's keys with these numbers.
  Submission StrangerRelease(uint64_t version, const std::vector<size_t>& keys) const;

  KeyHash key(size_t number) const { return keys_[number].public_key().key_hash(); }
  const PrivateKey& registrar() const { return registrar_; }
  LogConfig Config() const;

 private:
  ParticipantKeyset Keyset(std::string_view participant, const PrivateKey& root,
                           const std::vector<PrivateKey>& keys) const;
  Submission SubmissionOf(std::string_view payload,
                          const std::vector<const PrivateKey*>& keys) const;

  const PrivateKey registrar_;
  const PrivateKey root_;
  const PrivateKey second_root_;
  const PrivateKey stranger_;
  std::vector<PrivateKey> keys_;
  std::vector<PrivateKey> second_keys_;
};

// Recovery without any signed checkpoint.
RecoveredLog RecoverForTest(const LogStore& store, const LogIndex& index,
                            const CheckpointStore& checkpoints, const std::string& origin);

// Gathers answers. Thread-safe; outlives the callbacks.
class Answers {
 public:
  AddCallback Callback();
  // Blocks until there are this many; in the order in which they came.
  std::vector<absl::StatusOr<AddResult>> Wait(size_t count);
  size_t count() const;

 private:
  mutable Mutex mutex_;
  CondVar changed_;
  std::vector<absl::StatusOr<AddResult>> answers_ ABSL_GUARDED_BY(mutex_);
};

absl::StatusOr<AddResult> AddAndWait(Sequencer& sequencer, Submission submission);

// Checks everything that the store holds: entries decode, replay and hash to the leaves, tiles and
// root of the head; the index finds each of them and nothing else; every entry brings a key that no
// earlier entry of its statement has; the registry records are those of the replay.
absl::Status CheckWholeState(const LogStore& store, const LogIndex& index,
                             const std::string& origin);

}  // namespace candor
