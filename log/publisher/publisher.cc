// SPDX-License-Identifier: Apache-2.0
#include "log/publisher/publisher.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"
#include "log/publisher/publisher_meters.h"
#include "log/publisher/smallest_quorum.h"

namespace candor {

absl::StatusOr<std::unique_ptr<Publisher>> Publisher::Create(PublisherOptions options,
                                                             Policy policy, NoteSigner signer,
                                                             PublisherDependencies dependencies,
                                                             const PublisherState& state) {
  auto publisher = std::unique_ptr<Publisher>(
      new Publisher(options, std::move(policy), std::move(signer), std::move(dependencies)));
  CANDOR_RETURN_IF_ERROR(publisher->Restore(state));
  return publisher;
}

Publisher::Publisher(PublisherOptions options, Policy policy, NoteSigner signer,
                     PublisherDependencies dependencies)
    : options_(options),
      policy_(std::move(policy)),
      smallest_quorum_(SmallestQuorum(policy_)),
      dependencies_(std::move(dependencies)),
      mailbox_(std::make_shared<PublisherMailbox>()),
      waiters_(options.max_waiters),
      signer_(std::move(signer), dependencies_.tree, dependencies_.keeper),
      guard_(&policy_, &links_) {
  for (const PolicyWitness& witness : policy_.witnesses()) {
    links_.emplace_back(witness, options_.witness);
  }
  if (dependencies_.metrics != nullptr) {
    meters_ = std::make_unique<PublisherMeters>(*dependencies_.metrics, policy_);
  }
}

Publisher::~Publisher() { Stop(); }

absl::Status Publisher::Restore(const PublisherState& state) {
  if (!state.signing.ok()) {
    signer_.Halt(state.signing);
  } else if (!state.signed_note.empty()) {
    CANDOR_RETURN_IF_ERROR(signer_.Restore(state.signed_note));
    in_play_ = std::make_shared<CosignedHead>(signer_.last(), &policy_);
    signed_size_ = in_play_->tree_size();
  }
  if (!state.published_note.empty()) {
    CANDOR_RETURN_IF_ERROR(RestorePublished(state.published_note));
  }
  const absl::Time now = dependencies_.clock->Now();
  if (in_play_ != nullptr && !RoundComplete()) unpublished_since_ = now;
  ReportMayWrite();
  UpdateHealth(now);
  return absl::OkStatus();
}

absl::Status Publisher::RestorePublished(const std::string& bytes) {
  CANDOR_ASSIGN_OR_RETURN(const Note note, Note::Parse(bytes));
  CANDOR_ASSIGN_OR_RETURN(Checkpoint checkpoint, Checkpoint::ParseText(note.text));
  const uint64_t size = checkpoint.tree_size;
  if (signer_.halted().ok()) {
    if (in_play_ == nullptr || size > in_play_->tree_size()) {
      return Refuse(absl::StatusCode::kDataLoss, "PUBLISHED_BEYOND_SIGNED",
                    absl::StrCat("a checkpoint of ", size,
                                 " entries is published, and the last "
                                 "one that is known to be signed is smaller"));
    }
    if (size == in_play_->tree_size()) {
      CANDOR_RETURN_IF_ERROR(in_play_->TakeFrom(bytes));
      current_ = in_play_;
    }
  } else {
    signed_size_ = size;
  }
  for (size_t i = 0; current_ != nullptr && i < links_.size(); ++i) {
    if (current_->CosignedAt(i) > absl::InfinitePast()) links_[i].RestoreSize(size);
  }
  waiters_.Published(std::make_shared<PublishedCheckpoint>(
      PublishedCheckpoint{std::move(checkpoint), bytes, dependencies_.clock->Now()}));
  if (dependencies_.on_published) dependencies_.on_published(size);
  return absl::OkStatus();
}

void Publisher::OnSequenced(uint64_t tree_size, const Hash& root) {
  mailbox_->PutHead(tree_size, root);
}

std::shared_ptr<const PublishedCheckpoint> Publisher::published() const {
  return waiters_.current();
}

uint64_t Publisher::WaitPublished(uint64_t index, absl::Time deadline,
                                  PublishWaiters::Callback callback) {
  const uint64_t id = waiters_.Wait(index, deadline, std::move(callback));
  // Deadlines mostly come in order, so this seldom wakes the thread.
  if (id != 0 && deadline <= waiters_.NextDeadline()) mailbox_->Wake();
  return id;
}

PublisherHealth Publisher::Health() const {
  MutexLock lock(&mutex_);
  return health_;
}

void Publisher::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Publisher::Stop() {
  mailbox_->Close();
  if (thread_.joinable()) thread_.join();
  waiters_.Close();
}

void Publisher::Run() {
  while (mailbox_->WaitUntil(Step(), *dependencies_.clock)) {
  }
}

absl::Time Publisher::Step() {
  PublisherMailbox::Contents contents = mailbox_->Take();
  sequenced_size_ = contents.head_size;
  sequenced_root_ = contents.head_root;
  const absl::Time now = dependencies_.clock->Now();
  if (now < last_step_) ClampTimes(now);
  last_step_ = now;
  for (const PublisherMailbox::Answer& answer : contents.answers) TakeAnswer(answer, now);
  if (guard_.Update(in_play_ == nullptr ? 0 : in_play_->tree_size())) {
    LogInfo("the witnesses confirm the last signed checkpoint", {{"size", signed_size_.load()}});
  }
  ReportMayWrite();
  MaybePublish(now);
  MaybeSign(now);
  AskWitnesses(now);
  MaybePublish(now);  // With `quorum none` a new checkpoint is complete at once.
  waiters_.Expire(now);
  UpdateHealth(now);
  return NextWakeup(now);
}

void Publisher::ClampTimes(absl::Time now) {
  signed_at_ = std::min(signed_at_, now);
  retry_sign_at_ = std::min(retry_sign_at_, now);
  retry_publish_at_ = std::min(retry_publish_at_, now);
  if (unpublished_since_ < absl::InfiniteFuture()) {
    unpublished_since_ = std::min(unpublished_since_, now);
  }
  for (WitnessLink& link : links_) link.ClampTimes(now);
}

void Publisher::TakeAnswer(const PublisherMailbox::Answer& answer, absl::Time now) {
  WitnessLink& link = links_[answer.witness];
  const bool disputed_before = link.state() == WitnessState::kDisputed;
  const std::string error_before = link.error();
  const auto cosignature = link.Finish(*answer.target, answer.response, now);
  if (meters_ != nullptr) meters_->Answered(answer.witness, cosignature.has_value());
  if (cosignature.has_value()) {
    guard_.TakeConfirmation(answer.witness, answer.disputes);
    TakeCosignature(answer.witness, answer.target, *cosignature);
    if (!error_before.empty()) LogInfo("witness answers again", {{"witness", link.name()}});
  } else if (link.error() != error_before && !link.error().empty()) {
    LogWarning("witness gave no cosignature", {{"witness", link.name()}, {"error", link.error()}});
  }
  if (!disputed_before && link.state() == WitnessState::kDisputed) {
    guard_.TakeDispute();
    LogError("witness disputes our tree", {{"witness", link.name()}, {"error", link.error()}});
  }
}

void Publisher::TakeCosignature(size_t witness, const std::shared_ptr<const SignedHead>& target,
                                const WitnessLink::Cosignature& cosignature) {
  for (const std::shared_ptr<CosignedHead>& head : {in_play_, current_}) {
    if (head == nullptr || head->shared_head() != target) continue;
    if (head->Add(witness, cosignature) && head == current_) unkept_ = true;
    return;
  }
}

bool Publisher::RoundComplete() const { return in_play_ == nullptr || in_play_->QuorumSatisfied(); }

void Publisher::ReportMayWrite() {
  absl::Status may_write =
      guard_.MayWrite(guard_.Problem(signed_size_, WitnessesHealth(), smallest_quorum_));
  if (may_write == may_write_) return;
  may_write_ = std::move(may_write);
  if (dependencies_.on_may_write) dependencies_.on_may_write(may_write_);
}

bool Publisher::NeedsSigning() const {
  if (sequenced_size_ == 0 || !signer_.halted().ok()) return false;
  if (in_play_ == nullptr) return true;
  // A tree that is behind the last signature halts the signer: that is for it to say.
  if (sequenced_size_ < in_play_->tree_size()) return true;
  return sequenced_size_ > in_play_->tree_size() && in_play_ == current_ && RoundComplete() &&
         guard_.MaySign();
}

void Publisher::MaybeSign(absl::Time now) {
  if (!NeedsSigning()) return;
  if (now < std::max(retry_sign_at_, signed_at_ + options_.checkpoint_interval)) return;
  absl::StatusOr<std::shared_ptr<const SignedHead>> head =
      signer_.Sign(sequenced_size_, sequenced_root_);
  sign_error_ = head.status();
  if (!head.ok()) {
    LogError("checkpoint not signed", {{"size", sequenced_size_}, {"error", head.status()}});
    retry_sign_at_ = now + options_.retry_interval;
    return;
  }
  in_play_ = std::make_shared<CosignedHead>(*std::move(head), &policy_);
  signed_size_ = in_play_->tree_size();
  signed_at_ = now;
  unpublished_since_ = now;
}

void Publisher::MaybePublish(absl::Time now) {
  if (!NeedsPublishing() || now < retry_publish_at_) return;
  const std::shared_ptr<CosignedHead> next = NextPublished();
  const uint64_t size = next->tree_size();
  auto published = std::make_shared<PublishedCheckpoint>(
      PublishedCheckpoint{next->head().checkpoint, next->Note(), now});
  publish_error_ = dependencies_.keeper->KeepPublished(size, published->note);
  if (!publish_error_.ok()) {
    LogError("checkpoint not published", {{"size", size}, {"error", publish_error_}});
    retry_publish_at_ = now + options_.retry_interval;
    return;
  }
  LogDebug(next == current_ ? "cosignature merged" : "checkpoint published",
           {{"size", size}, {"cosignatures", next->cosignature_count()}});
  current_ = next;
  unkept_ = false;
  if (RoundComplete()) unpublished_since_ = absl::InfiniteFuture();
  if (dependencies_.on_published) dependencies_.on_published(size);
  waiters_.Published(published);
}

const std::shared_ptr<CosignedHead>& Publisher::NextPublished() const {
  return RoundComplete() ? in_play_ : current_;
}

bool Publisher::NeedsPublishing() const {
  return NextPublished() != nullptr && (NextPublished() != current_ || unkept_);
}

absl::Time Publisher::WantedAt(size_t witness) const {
  if (in_play_ == nullptr || !links_[witness].usable()) return absl::InfiniteFuture();
  if (in_play_->CosignedAt(witness) == absl::InfinitePast()) return absl::InfinitePast();
  if (guard_.MustConfirm(witness, in_play_->tree_size())) return absl::InfinitePast();
  return links_[witness].answered_at() + options_.refresh_interval;
}

void Publisher::AskWitnesses(absl::Time now) {
  for (size_t i = 0; i < links_.size(); ++i) {
    if (links_[i].busy()) continue;
    if (std::max(WantedAt(i), links_[i].next_attempt()) <= now) Ask(i, now);
  }
}

void Publisher::Ask(size_t witness, absl::Time now) {
  const std::shared_ptr<const SignedHead>& target = in_play_->shared_head();
  absl::StatusOr<HttpRequestSpec> request =
      links_[witness].Begin(*target, *dependencies_.tree, now);
  if (!request.ok()) {
    LogError("witness can not be asked",
             {{"witness", links_[witness].name()}, {"error", request.status()}});
    return;
  }
  dependencies_.http->FetchAsync(
      *std::move(request), [mailbox = mailbox_, witness, disputes = guard_.disputes(),
                            target](absl::StatusOr<HttpResponse> response) {
        mailbox->PutAnswer({witness, disputes, target, std::move(response)});
      });
}

absl::Time Publisher::NextWakeup(absl::Time now) const {
  if (mailbox_->woken()) return now;
  absl::Time next = waiters_.NextDeadline();
  for (size_t i = 0; i < links_.size(); ++i) {
    if (!links_[i].busy()) next = std::min(next, std::max(WantedAt(i), links_[i].next_attempt()));
  }
  if (NeedsPublishing()) next = std::min(next, retry_publish_at_);
  if (NeedsSigning()) {
    next = std::min(next, std::max(retry_sign_at_, signed_at_ + options_.checkpoint_interval));
  }
  // Time alone makes a round that stays open unhealthy.
  if (unpublished_since_ + options_.stall_after > now) {
    next = std::min(next, unpublished_since_ + options_.stall_after);
  }
  return next;
}

void Publisher::UpdateHealth(absl::Time now) {
  PublisherHealth health;
  health.sequenced_size = sequenced_size_;
  health.signed_size = signed_size_;
  if (const auto published = waiters_.current(); published != nullptr) {
    health.published_size = published->checkpoint.tree_size;
    health.published_at = published->published_at;
  }
  health.witnesses = WitnessesHealth();
  health.problem = Problem(health, now);
  health.ok = health.problem.empty();
  if (meters_ != nullptr) meters_->Show(health);
  MutexLock lock(&mutex_);
  health_ = std::move(health);
}

std::vector<WitnessHealth> Publisher::WitnessesHealth() const {
  std::vector<WitnessHealth> witnesses;
  for (const WitnessLink& link : links_) {
    witnesses.push_back({link.name(), link.state(), link.error(), link.size()});
  }
  return witnesses;
}

std::string Publisher::Problem(const PublisherHealth& health, absl::Time now) const {
  if (!signer_.halted().ok()) return std::string(signer_.halted().message());
  // Before the first publication it is the quorum that is missing: see below.
  if (!guard_.MaySign() && (guard_.AnyDispute() || health.published_size > 0)) {
    return guard_.Problem(signed_size_, health.witnesses, smallest_quorum_);
  }
  if (!sign_error_.ok()) {
    return absl::StrCat("the next checkpoint can not be signed: ", sign_error_.message());
  }
  if (!publish_error_.ok()) {
    return absl::StrCat("a checkpoint can not be made durable: ", publish_error_.message());
  }
  absl::flat_hash_set<std::string> reachable;
  for (const WitnessLink& link : links_) {
    if (link.state() == WitnessState::kUntried || link.state() == WitnessState::kCosigned) {
      reachable.insert(link.name());
    }
  }
  if (!policy_.QuorumSatisfied(reachable)) {
    return QuorumProblem(health.witnesses, smallest_quorum_);
  }
  if (now >= unpublished_since_ + options_.stall_after) {
    return absl::StrCat("the checkpoint of ", health.signed_size, " entries has waited ",
                        absl::FormatDuration(now - unpublished_since_),
                        " for its quorum: ", QuorumProblem(health.witnesses, smallest_quorum_));
  }
  if (health.published_size == 0) return "no checkpoint is published yet";
  return "";
}

}  // namespace candor
