// SPDX-License-Identifier: Apache-2.0
#include "log/sequencer/in_flight.h"

#include <algorithm>
#include <utility>

namespace candor {

std::vector<LoggedKey> InFlight::FindLogged(const Hash& statement_id) const {
  MutexLock lock(&mutex_);
  const auto it = by_statement_.find(statement_id);
  return it == by_statement_.end() ? std::vector<LoggedKey>() : it->second;
}

void InFlight::Add(const Entry& entry, const Hash& leaf_hash, AddCallback callback) {
  MutexLock lock(&mutex_);
  const uint64_t index = first_index_ + items_.size();
  Item item{entry.statement_id(), leaf_hash, {}};
  item.waiters.push_back(std::move(callback));
  items_.push_back(std::move(item));
  std::vector<LoggedKey>& logged = by_statement_[entry.statement_id()];
  for (const EntrySignature& signature : entry.signatures()) {
    // A key that an earlier entry in flight has is entered again, so that it stays when that entry
    // leaves; readers take the first.
    logged.push_back({entry.statement_id(), signature.key, index});
  }
}

bool InFlight::Join(uint64_t index, AddCallback& callback) {
  MutexLock lock(&mutex_);
  if (index < first_index_ || index - first_index_ >= items_.size()) return false;
  items_[index - first_index_].waiters.push_back(std::move(callback));
  return true;
}

std::vector<Answer> InFlight::TakeDurable(uint64_t tree_size) {
  std::vector<Answer> answers;
  MutexLock lock(&mutex_);
  for (; first_index_ < tree_size && !items_.empty(); ++first_index_) {
    Item& item = items_.front();
    AddResult result{first_index_, item.leaf_hash, item.statement_id, false, tree_size};
    for (AddCallback& waiter : item.waiters) {
      answers.push_back({std::move(waiter), result});
      result.duplicate = true;
    }
    const auto logged = by_statement_.find(item.statement_id);
    std::erase_if(logged->second, [this](const LoggedKey& key) {
      mutex_.AssertHeld();
      return key.index <= first_index_;
    });
    if (logged->second.empty()) by_statement_.erase(logged);
    items_.pop_front();
  }
  return answers;
}

std::vector<Answer> InFlight::Fail(const absl::Status& why) {
  std::vector<Answer> answers;
  MutexLock lock(&mutex_);
  for (Item& item : items_) {
    for (AddCallback& waiter : item.waiters) answers.push_back({std::move(waiter), why});
  }
  items_.clear();
  by_statement_.clear();
  return answers;
}

size_t InFlight::size() const {
  MutexLock lock(&mutex_);
  return items_.size();
}

}  // namespace candor
