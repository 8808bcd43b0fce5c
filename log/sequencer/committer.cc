// SPDX-License-Identifier: Apache-2.0
#include "log/sequencer/committer.h"

#include <memory>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "base/log.h"

namespace candor {
namespace {

// What to do when the store does not know whether it took `request`: its head tells.
absl::Status AdoptOrGiveUp(const LogStore& store, const AppendRequest& request,
                           const absl::Status& cause) {
  const absl::StatusOr<std::unique_ptr<LogSnapshot>> snapshot = store.GetSnapshot();
  if (!snapshot.ok()) {
    return absl::UnavailableError(absl::StrCat("the outcome of an append is unknown (",
                                               cause.message(), ") and the head can not be read (",
                                               snapshot.status().message(), ")"));
  }
  if ((*snapshot)->head() == request.next) {
    LogWarning("an append whose outcome was unknown is durable",
               {{"size", request.next.tree_size}, {"cause", cause}});
    return absl::OkStatus();
  }
  return absl::UnavailableError(absl::StrCat("an append failed: ", cause.message()));
}

}  // namespace

absl::Status CommitAppend(LogStore& store, const AppendRequest& request) {
  const AppendOutcome outcome = store.Append(request);
  if (std::holds_alternative<Committed>(outcome)) return absl::OkStatus();
  if (const Unknown* unknown = std::get_if<Unknown>(&outcome)) {
    return AdoptOrGiveUp(store, request, unknown->cause);
  }
  return absl::AbortedError(absl::StrCat(
      "another writer extended the log: its size is ", std::get<Conflict>(outcome).actual.tree_size,
      " where ", request.expected.tree_size, " was expected; run one log server per store"));
}

Committer::Committer(LogStore* store, Done done) : store_(store), done_(std::move(done)) {}
Committer::~Committer() { Stop(); }

void Committer::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Committer::Submit(Batch batch) {
  MutexLock lock(&mutex_);
  next_ = std::move(batch);
  changed_.Signal();
}

void Committer::Stop() {
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
    changed_.Signal();
  }
  if (thread_.joinable()) thread_.join();
}

void Committer::Run() {
  while (true) {
    std::optional<Batch> batch;
    {
      MutexLock lock(&mutex_);
      while (!next_.has_value() && !stopping_) changed_.Wait(&mutex_);
      if (!next_.has_value()) return;
      batch.swap(next_);
    }
    absl::Status status = CommitAppend(*store_, batch->request);
    done_(*std::move(batch), std::move(status));
  }
}

}  // namespace candor
