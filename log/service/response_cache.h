// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "base/mutex.h"

namespace candor {

// A body that is served, and once a client has asked for it, the same body compressed.
struct CachedBody {
  std::shared_ptr<const std::string> plain;
  std::shared_ptr<const std::string> gzip;  // may be null
};

// The least recently used go first. For immutable resources only. Thread-safe.
class ResponseCache {
 public:
  explicit ResponseCache(size_t max_bytes) : max_bytes_(max_bytes) {}

  // Both null when it is not there.
  CachedBody Get(const std::string& path);
  // Replaces; drops others until it fits. A body larger than a quarter of the cache is not kept.
  void Put(const std::string& path, CachedBody body);

  size_t bytes() const;

 private:
  struct Item {
    std::string path;
    CachedBody body;
    size_t bytes;
  };
  void Erase(const std::string& path) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t max_bytes_;
  mutable Mutex mutex_;
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  std::list<Item> items_ ABSL_GUARDED_BY(mutex_);  // the last used first
  absl::flat_hash_map<std::string, std::list<Item>::iterator> by_path_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace candor
