// SPDX-License-Identifier: Apache-2.0
#include "log/sequencer/sequencer.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "base/http_status.h"
#include "base/log.h"
#include "base/mutex.h"
#include "core/attest/duplicates.h"
#include "core/attest/entry.h"
#include "core/crypto/hash.h"
#include "core/merkle/hasher.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"
#include "log/sequencer/answerer.h"
#include "log/sequencer/batch_builder.h"
#include "log/sequencer/committer.h"
#include "log/sequencer/entry_lookup.h"
#include "log/sequencer/in_flight.h"
#include "log/sequencer/inbox.h"
#include "log/sequencer/sequenced_registry.h"

namespace candor {
namespace {

// Keys logged in the store and keys in flight: each once, with its first entry.
std::vector<LoggedKey> Merge(std::vector<LoggedKey> stored,
                             const std::vector<LoggedKey>& in_flight) {
  for (const LoggedKey& key : in_flight) {
    bool known = false;
    for (const LoggedKey& seen : stored) known = known || seen.key == key.key;
    if (!known) stored.push_back(key);
  }
  return stored;
}

std::vector<KeyHash> KeysOf(const std::optional<Entry>& entry) {
  std::vector<KeyHash> keys;
  if (!entry.has_value()) return keys;
  for (const EntrySignature& signature : entry->signatures()) keys.push_back(signature.key);
  return keys;
}

// What admission has read already must not wait in the queue, whose bound counts encoded bytes:
// parsed JSON is many times the size of its text.
void ReleaseWhatIsRead(Submission& submission) {
  submission.content.statement.predicate.reset();
  submission.content.statement.subjects = {};
  if (!submission.entry.has_value()) submission.content.purls = {};
}

absl::Status Halted(const absl::Status& cause) {
  return Refuse(absl::StatusCode::kUnavailable, "SEQUENCER_HALTED",
                absl::StrCat("the log has stopped sequencing: ", cause.message(),
                             "; the operator must restart it, then submit again"));
}

// What is wrong with the log is not the fault of what was submitted.
absl::Status AsUnavailable(const absl::Status& status) {
  if (status.ok()) return status;
  return Refuse(absl::StatusCode::kUnavailable, ReasonOf(status), status.message());
}

}  // namespace

// Three threads: the sequencing one orders, the committer syncs, the answerer calls back. The first
// alone has the builder; what they share has its own lock.
class Sequencer::Impl {
 public:
  Impl(LogStore* store, const LogIndex* index, const RecoveredLog& recovered,
       const SequencerOptions& options);
  ~Impl() { Stop(); }

  void SetHeadListener(std::function<void(const StoredHead&)> listener) {
    answerer_.SetHeadListener(std::move(listener));
  }
  void Start();
  void Stop();
  void Add(Submission submission, AddCallback callback);
  absl::Status CheckCapacity() const;
  VerificationToken BeginVerification() { return inbox_->BeginVerification(); }
  void SetPublishedSize(uint64_t tree_size);
  void Block(absl::Status why) { inbox_->Block(std::move(why)); }
  absl::Status health() const { return inbox_->halted(); }
  SequencerStats stats() const;
  std::shared_ptr<const MemoryRegistry> registry() const;
  const SequencedTree& tree() const { return tree_; }

 private:
  using Answers = std::vector<Answer>;

  void Run();
  void Process(QueuedSubmission item, Answers& answers);
  absl::StatusOr<std::vector<LoggedKey>> FindLogged(const Hash& statement_id) const;
  void AnswerDuplicate(uint64_t index, QueuedSubmission item, Answers& answers);
  absl::StatusOr<AddResult> StoredResult(uint64_t index) const;
  absl::Status Sequence(QueuedSubmission& item);
  absl::Status CheckBacklog(uint64_t next_index) const;
  Inbox::Gathering Gathering() const;
  void CloseBatch();
  void FailEverything(std::vector<QueuedSubmission> queued);
  void OnCommitted(Batch batch, const absl::Status& status);

  const SequencerOptions options_;
  const absl::Status signing_;  // from recovery, as submitters get it
  LogStore* const store_;
  const EntryLookup lookup_;
  const std::shared_ptr<Inbox> inbox_;
  SequencedTree tree_;
  InFlight in_flight_;
  std::atomic<uint64_t> published_size_{0};
  std::atomic<uint64_t> next_index_;
  std::atomic<uint64_t> duplicates_{0};
  std::atomic<uint64_t> refused_{0};
  std::atomic<uint64_t> batches_{0};
  std::atomic<uint64_t> entries_{0};

  // The sequencing thread's.
  BatchBuilder builder_;
  Inbox::Time batch_deadline_;

  mutable Mutex registry_mutex_;
  std::shared_ptr<const MemoryRegistry> registry_ ABSL_GUARDED_BY(registry_mutex_);

  Answerer answerer_;
  Committer committer_;
  Mutex lifecycle_mutex_;
  bool started_ ABSL_GUARDED_BY(lifecycle_mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(lifecycle_mutex_) = false;
  std::thread thread_;
};

Sequencer::Impl::Impl(LogStore* store, const LogIndex* index, const RecoveredLog& recovered,
                      const SequencerOptions& options)
    : options_(options),
      signing_(AsUnavailable(recovered.signing)),
      store_(store),
      lookup_(store, index),
      inbox_(std::make_shared<Inbox>(InboxLimits{
          options.max_queued_entries, options.max_queued_bytes, options.queue_retry_delay})),
      tree_(std::make_shared<const TreeState>(TreeState{recovered.head, recovered.edge})),
      in_flight_(recovered.head.tree_size),
      next_index_(recovered.head.tree_size),
      builder_(recovered.head, recovered.edge, recovered.registry),
      registry_(std::make_shared<const SequencedRegistry>(recovered.registry, &lookup_)),
      committer_(store, [this](Batch batch, const absl::Status& status) {
        OnCommitted(std::move(batch), status);
      }) {}

void Sequencer::Impl::Start() {
  MutexLock lock(&lifecycle_mutex_);
  if (started_ || stopped_) return;
  started_ = true;
  answerer_.Start();
  committer_.Start();
  thread_ = std::thread([this] { Run(); });
}

void Sequencer::Impl::Stop() {
  MutexLock lock(&lifecycle_mutex_);
  if (stopped_) return;
  stopped_ = true;
  inbox_->Stop();
  if (!started_) {
    for (QueuedSubmission& item : inbox_->TakeAll()) {
      std::move(item.callback)(inbox_->CheckRoom());
    }
    return;
  }
  thread_.join();
  committer_.Stop();
  answerer_.Stop();
}

void Sequencer::Impl::Add(Submission submission, AddCallback callback) {
  QueuedSubmission item{std::move(submission), "", Hash(), std::move(callback)};
  ReleaseWhatIsRead(item.submission);
  absl::Status status = signing_;
  if (status.ok()) {
    // On the caller's thread: there are many of those and one that sequences.
    if (item.submission.entry.has_value()) {
      item.encoded = EncodeEntry(*item.submission.entry);
      item.leaf_hash = LeafHash(item.encoded);
    }
    status = inbox_->Push(item);
  }
  if (!status.ok()) {
    refused_.fetch_add(1, std::memory_order_relaxed);
    std::move(item.callback)(std::move(status));
  }
}

absl::Status Sequencer::Impl::CheckCapacity() const {
  CANDOR_RETURN_IF_ERROR(signing_);
  CANDOR_RETURN_IF_ERROR(inbox_->CheckRoom());
  return CheckBacklog(next_index_.load(std::memory_order_relaxed));
}

absl::Status Sequencer::Impl::CheckBacklog(uint64_t next_index) const {
  const uint64_t published = published_size_.load(std::memory_order_relaxed);
  if (next_index < published || next_index - published < options_.max_unpublished_entries) {
    return absl::OkStatus();
  }
  return WithRetryAfter(
      Refuse(absl::StatusCode::kResourceExhausted, "UNPUBLISHED_BACKLOG",
             absl::StrCat("the log has ", next_index - published,
                          " entries that its witnesses have not confirmed, the limit is ",
                          options_.max_unpublished_entries,
                          "; nothing was logged, submit again later")),
      options_.backlog_retry_delay);
}

void Sequencer::Impl::SetPublishedSize(uint64_t tree_size) {
  uint64_t known = published_size_.load();
  while (known < tree_size && !published_size_.compare_exchange_weak(known, tree_size)) {
  }
}

SequencerStats Sequencer::Impl::stats() const {
  SequencerStats stats;
  stats.queued_entries = inbox_->queued_entries();
  stats.queued_bytes = inbox_->queued_bytes();
  stats.in_verification = inbox_->in_verification();
  stats.tree_size = tree_.Get()->head.tree_size;
  stats.published_size = published_size_.load();
  stats.batches = batches_.load();
  stats.entries = entries_.load();
  stats.duplicates = duplicates_.load();
  stats.refused = refused_.load();
  return stats;
}

std::shared_ptr<const MemoryRegistry> Sequencer::Impl::registry() const {
  MutexLock lock(&registry_mutex_);
  return registry_;
}

Inbox::Gathering Sequencer::Impl::Gathering() const {
  return {
      .empty = builder_.empty(),
      .room_entries = options_.max_batch_entries - builder_.entries(),
      .room_bytes = options_.max_batch_bytes - std::min(options_.max_batch_bytes, builder_.bytes()),
      .deadline = batch_deadline_};
}

void Sequencer::Impl::Run() {
  std::vector<QueuedSubmission> items;
  while (true) {
    const Inbox::Work work = inbox_->WaitForWork(Gathering(), items);
    if (work == Inbox::Work::kExit) return;
    if (work == Inbox::Work::kClose) {
      CloseBatch();
    } else if (work == Inbox::Work::kFail) {
      FailEverything(std::move(items));
    } else {
      Answers answers;
      for (QueuedSubmission& item : items) Process(std::move(item), answers);
      answerer_.Post(std::move(answers));
    }
  }
}

void Sequencer::Impl::Process(QueuedSubmission item, Answers& answers) {
  const Submission& submission = item.submission;
  const absl::StatusOr<std::vector<LoggedKey>> logged = FindLogged(submission.content.statement_id);
  if (!logged.ok()) {
    answers.push_back({std::move(item.callback), logged.status()});
    return;
  }
  std::optional<uint64_t> duplicate =
      DuplicateOf(*logged, KeysOf(submission.entry), submission.verified_keys);
  absl::Status refusal;
  if (!duplicate.has_value()) {
    refusal = Sequence(item);
    if (refusal.ok()) return;
    // A new key that is not accepted (any more) brings nothing: a retry stays a retry. What only
    // has to wait (a full backlog) still brings its key, and is not answered with an entry that
    // lacks it.
    if (!absl::IsResourceExhausted(refusal) && !absl::IsUnavailable(refusal)) {
      duplicate = DuplicateOf(*logged, {}, submission.verified_keys);
    }
  }
  if (duplicate.has_value()) {
    AnswerDuplicate(*duplicate, std::move(item), answers);
  } else {
    refused_.fetch_add(1, std::memory_order_relaxed);
    answers.push_back({std::move(item.callback), std::move(refusal)});
  }
}

absl::StatusOr<std::vector<LoggedKey>> Sequencer::Impl::FindLogged(const Hash& statement_id) const {
  // In this order: the other one misses an entry whose commit lands between the two.
  const std::vector<LoggedKey> in_flight = in_flight_.FindLogged(statement_id);
  CANDOR_ASSIGN_OR_RETURN(std::vector<LoggedKey> stored,
                          lookup_.FindLogged(statement_id, kWholeLog));
  return Merge(std::move(stored), in_flight);
}

absl::Status Sequencer::Impl::Sequence(QueuedSubmission& item) {
  if (!item.submission.entry.has_value()) return item.submission.refusal;
  CANDOR_RETURN_IF_ERROR(CheckBacklog(builder_.next_index()));
  const bool first = builder_.empty();
  const Entry& entry = *item.submission.entry;
  CANDOR_RETURN_IF_ERROR(
      builder_.Add(entry, item.submission.content, std::move(item.encoded), item.leaf_hash));
  if (first) {
    batch_deadline_ =
        std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(options_.max_batch_delay);
  }
  next_index_.store(builder_.next_index(), std::memory_order_relaxed);
  in_flight_.Add(entry, item.leaf_hash, std::move(item.callback));
  return absl::OkStatus();
}

void Sequencer::Impl::AnswerDuplicate(uint64_t index, QueuedSubmission item, Answers& answers) {
  duplicates_.fetch_add(1, std::memory_order_relaxed);
  if (in_flight_.Join(index, item.callback)) return;
  absl::StatusOr<AddResult> result = StoredResult(index);
  answers.push_back({std::move(item.callback), std::move(result)});
}

absl::StatusOr<AddResult> Sequencer::Impl::StoredResult(uint64_t index) const {
  CANDOR_ASSIGN_OR_RETURN(const auto snapshot, store_->GetSnapshot());
  CANDOR_ASSIGN_OR_RETURN(const std::vector<std::string> entries,
                          snapshot->ReadEntries(index, index + 1, 0));
  CANDOR_ASSIGN_OR_RETURN(const Entry entry, DecodeEntry(entries.front()));
  return AddResult{index, LeafHash(entries.front()), entry.statement_id(), true,
                   snapshot->head().tree_size};
}

void Sequencer::Impl::CloseBatch() {
  inbox_->CommitBegins();
  committer_.Submit(builder_.Take());
}

void Sequencer::Impl::FailEverything(std::vector<QueuedSubmission> queued) {
  const absl::Status why = inbox_->halted();
  Answers answers = in_flight_.Fail(why);
  for (QueuedSubmission& item : queued) answers.push_back({std::move(item.callback), why});
  answerer_.Post(std::move(answers));
  if (!builder_.empty()) builder_.Take();
}

void Sequencer::Impl::OnCommitted(Batch batch, const absl::Status& status) {
  if (!status.ok()) {
    LogError("sequencing has stopped",
             {{"size", batch.request.expected.tree_size}, {"cause", status}});
    inbox_->Halt(Halted(status));
    inbox_->CommitEnds();
    return;
  }
  const StoredHead head = batch.request.next;
  tree_.Set(std::move(batch.after));
  if (batch.registry != nullptr) {
    auto registry = std::make_shared<const SequencedRegistry>(*batch.registry, &lookup_);
    MutexLock lock(&registry_mutex_);
    registry_ = std::move(registry);
  }
  batches_.fetch_add(1, std::memory_order_relaxed);
  entries_.fetch_add(batch.request.entries.size(), std::memory_order_relaxed);
  inbox_->CommitEnds();  // the next batch need not wait for the answers
  answerer_.Post(in_flight_.TakeDurable(head.tree_size), head);
}

absl::StatusOr<std::unique_ptr<Sequencer>> Sequencer::Create(LogStore* store, const LogIndex* index,
                                                             const RecoveredLog& recovered,
                                                             const SequencerOptions& options) {
  if (options.max_queued_entries == 0 || options.max_queued_bytes == 0 ||
      options.max_batch_entries == 0 || options.max_batch_bytes == 0 ||
      options.max_unpublished_entries == 0 || options.max_batch_delay < absl::ZeroDuration() ||
      options.max_batch_delay > absl::Hours(24)) {
    return absl::InvalidArgumentError(
        "sequencer limits must be at least 1 and max_batch_delay 0 to 24 hours");
  }
  return std::unique_ptr<Sequencer>(
      new Sequencer(std::make_unique<Impl>(store, index, recovered, options)));
}

Sequencer::Sequencer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Sequencer::~Sequencer() = default;

void Sequencer::SetHeadListener(std::function<void(const StoredHead&)> listener) {
  impl_->SetHeadListener(std::move(listener));
}
void Sequencer::Start() { impl_->Start(); }
void Sequencer::Stop() { impl_->Stop(); }
void Sequencer::Add(Submission submission, AddCallback callback) {
  impl_->Add(std::move(submission), std::move(callback));
}
absl::Status Sequencer::CheckCapacity() const { return impl_->CheckCapacity(); }
VerificationToken Sequencer::BeginVerification() { return impl_->BeginVerification(); }
void Sequencer::SetPublishedSize(uint64_t tree_size) { impl_->SetPublishedSize(tree_size); }
void Sequencer::Block(absl::Status why) { impl_->Block(std::move(why)); }
absl::Status Sequencer::health() const { return impl_->health(); }
SequencerStats Sequencer::stats() const { return impl_->stats(); }
std::shared_ptr<const MemoryRegistry> Sequencer::registry() const { return impl_->registry(); }
const SequencedTree& Sequencer::tree() const { return impl_->tree(); }

}  // namespace candor
