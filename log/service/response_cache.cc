// SPDX-License-Identifier: Apache-2.0
#include "log/service/response_cache.h"

#include <utility>

namespace candor {

CachedBody ResponseCache::Get(const std::string& path) {
  MutexLock lock(&mutex_);
  const auto found = by_path_.find(path);
  if (found == by_path_.end()) return {};
  items_.splice(items_.begin(), items_, found->second);
  return found->second->body;
}

void ResponseCache::Put(const std::string& path, CachedBody body) {
  const size_t size = path.size() + (body.plain == nullptr ? 0 : body.plain->size()) +
                      (body.gzip == nullptr ? 0 : body.gzip->size());
  MutexLock lock(&mutex_);
  Erase(path);
  if (size > max_bytes_ / 4) return;
  items_.push_front({path, std::move(body), size});
  by_path_[path] = items_.begin();
  bytes_ += size;
  while (bytes_ > max_bytes_) Erase(std::string(items_.back().path));
}

void ResponseCache::Erase(const std::string& path) {
  const auto found = by_path_.find(path);
  if (found == by_path_.end()) return;
  bytes_ -= found->second->bytes;
  items_.erase(found->second);
  by_path_.erase(found);
}

size_t ResponseCache::bytes() const {
  MutexLock lock(&mutex_);
  return bytes_;
}

}  // namespace candor
