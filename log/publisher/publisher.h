// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/http_client.h"
#include "base/metrics.h"
#include "base/mutex.h"
#include "core/crypto/hash.h"
#include "core/merkle/tree.h"
#include "core/note/policy.h"
#include "core/note/signer.h"
#include "log/publisher/checkpoint_keeper.h"
#include "log/publisher/checkpoint_signer.h"
#include "log/publisher/cosigned_head.h"
#include "log/publisher/publish_waiters.h"
#include "log/publisher/publisher_health.h"
#include "log/publisher/publisher_mailbox.h"
#include "log/publisher/rollback_guard.h"
#include "log/publisher/witness_link.h"

namespace candor {

class PublisherMeters;

struct PublisherOptions {
  // The least time between two signed checkpoints: what is sequenced meanwhile goes into one.
  absl::Duration checkpoint_interval = absl::Milliseconds(100);
  // How old a witness's cosignature of the newest checkpoint may get before it is asked again.
  absl::Duration refresh_interval = absl::Minutes(10);
  // Unpublished for so long: unhealthy, even when no witness has failed.
  absl::Duration stall_after = absl::Seconds(30);
  // After an error of our own (a disk that does not take a checkpoint).
  absl::Duration retry_interval = absl::Seconds(1);
  size_t max_waiters = 65'536;
  WitnessLinkOptions witness;
};

// All outlive the publisher; `metrics` may be null.
struct PublisherDependencies {
  const Clock* clock = nullptr;
  HttpClient* http = nullptr;
  const HashReader* tree = nullptr;  // the sequenced tree
  CheckpointKeeper* keeper = nullptr;
  MetricsRegistry* metrics = nullptr;
  // Told each published size, also a restored one, on the publisher's thread.
  std::function<void(uint64_t tree_size)> on_published;
  // Told whether entries may be added as far as the witnesses are concerned, whenever that answer
  // or its words change (it is OK before the first call): UNAVAILABLE "WITNESSES_NOT_CONFIRMED"
  // from Create on until enough of them have confirmed, "WITNESS_DISPUTE" while nothing new may be
  // signed for that. A quorum that is lost later says nothing here. On the thread of Create, then
  // on the publisher's.
  std::function<void(const absl::Status&)> on_may_write;
};

// What an earlier run left, as the keeper kept it; empty strings when there is nothing.
struct PublisherState {
  std::string signed_note;
  std::string published_note;
  // OK, or why this log must not sign (recovery found that the store is not the one that was signed
  // for): then the published checkpoint is served and nothing else is done.
  absl::Status signing;
};

// Turns sequenced heads into published checkpoints (docs/architecture.md): sign, persist, ask every
// witness of the policy in parallel, and as soon as the quorum is met persist and make current. One
// checkpoint is in play at a time, always the largest that was ever signed; what is sequenced while
// its round is open gathers for the next. Later cosignatures are merged while their checkpoint is
// current. Without the quorum the old checkpoint stays current, for ever if need be.
//
// A witness that says that it holds a tree which ours does not extend (422, or 409 with a size
// beyond all that we signed) stops signing until so many witnesses have confirmed the checkpoint in
// play anew that the others could not form a quorum: the size is a claim and no proof, but if it is
// true, this store is an old copy, and the next signature would be a fork. The same holds from each
// start on (RollbackGuard). A log that has signed nothing yet signs its first checkpoint, and waits
// for them before it signs another.
//
// The public methods are thread-safe. All work happens in Step, on one thread: Start makes one,
// tests call Step themselves.
class Publisher {
 public:
  // DATA_LOSS when `state` is not what this key signed or contradicts itself.
  static absl::StatusOr<std::unique_ptr<Publisher>> Create(PublisherOptions options, Policy policy,
                                                           NoteSigner signer,
                                                           PublisherDependencies dependencies,
                                                           const PublisherState& state);
  // Stops.
  ~Publisher();
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  // The sequenced tree has grown to this durable head. Sizes may come in any order.
  void OnSequenced(uint64_t tree_size, const Hash& root);

  // The current checkpoint; null before the first.
  std::shared_ptr<const PublishedCheckpoint> published() const;

  // The size of the largest durable signed checkpoint: tiles and bundles are served up to here.
  uint64_t signed_size() const { return signed_size_; }

  // See PublishWaiters. Callbacks run on the publisher's thread or the caller's.
  uint64_t WaitPublished(uint64_t index, absl::Time deadline, PublishWaiters::Callback callback);
  bool CancelWait(uint64_t id) { return waiters_.Cancel(id); }

  PublisherHealth Health() const;

  // Runs Step on a thread of its own until Stop.
  void Start();
  // Ends the thread and answers all waiters. Answers of witnesses that come later are dropped.
  void Stop();

  // Does all that is due and answers when something will be due next: a time that has come means at
  // once. One caller at a time, and not together with Start.
  absl::Time Step();

 private:
  Publisher(PublisherOptions options, Policy policy, NoteSigner signer,
            PublisherDependencies dependencies);

  absl::Status Restore(const PublisherState& state);
  absl::Status RestorePublished(const std::string& note);
  void Run();

  // The wall clock was set back to `now`: what was planned by it does not wait for the old time.
  void ClampTimes(absl::Time now);
  void TakeAnswer(const PublisherMailbox::Answer& answer, absl::Time now);
  void TakeCosignature(size_t witness, const std::shared_ptr<const SignedHead>& target,
                       const WitnessLink::Cosignature& cosignature);
  void MaybeSign(absl::Time now);
  bool NeedsSigning() const;
  void ReportMayWrite();
  // What is to be current as soon as it is kept; null when there is nothing.
  const std::shared_ptr<CosignedHead>& NextPublished() const;
  bool NeedsPublishing() const;
  void MaybePublish(absl::Time now);
  void AskWitnesses(absl::Time now);
  void Ask(size_t witness, absl::Time now);
  // When the witness is to be asked about the checkpoint in play, regardless of its back-off.
  absl::Time WantedAt(size_t witness) const;
  bool RoundComplete() const;
  absl::Time NextWakeup(absl::Time now) const;
  void UpdateHealth(absl::Time now);
  std::string Problem(const PublisherHealth& health, absl::Time now) const;
  std::vector<WitnessHealth> WitnessesHealth() const;

  const PublisherOptions options_;
  const Policy policy_;
  const std::optional<size_t> smallest_quorum_;
  const PublisherDependencies dependencies_;
  const std::shared_ptr<PublisherMailbox> mailbox_;  // shared with requests in flight
  PublishWaiters waiters_;

  // Belong to the stepping thread.
  CheckpointSigner signer_;
  std::vector<WitnessLink> links_;  // in the order of the policy
  RollbackGuard guard_;
  absl::Status may_write_;  // as on_may_write was last told
  absl::Time last_step_ = absl::InfinitePast();
  uint64_t sequenced_size_ = 0;
  Hash sequenced_root_;
  std::shared_ptr<CosignedHead> in_play_;  // the last signed; null before the first
  std::shared_ptr<CosignedHead> current_;  // the published one when its cosignatures are known
  bool unkept_ = false;                    // current_ has cosignatures that are not published yet
  absl::Time signed_at_ = absl::InfinitePast();
  absl::Time unpublished_since_ = absl::InfiniteFuture();
  absl::Time retry_sign_at_ = absl::InfinitePast();
  absl::Time retry_publish_at_ = absl::InfinitePast();
  absl::Status sign_error_;     // of the last try
  absl::Status publish_error_;  // of the last try
  std::unique_ptr<PublisherMeters> meters_;

  std::atomic<uint64_t> signed_size_ = 0;
  mutable Mutex mutex_;
  PublisherHealth health_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace candor
