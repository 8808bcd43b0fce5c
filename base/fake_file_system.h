// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "base/file_system.h"
#include "base/mutex.h"

namespace candor {

// An in-memory FileSystem with faults, for crash tests. It keeps what was written apart from what
// is durable: Crash() drops everything that was not synced (content without SyncFile becomes a torn
// prefix, renames without SyncFolder are undone), as a machine that loses power may. Thread-safe.
class FakeFileSystem final : public FileSystem {
 public:
  enum class Fault {
    kNotDone,  // the call fails and had no effect
    kDone,     // the call fails, but had its effect
  };

  absl::Status WriteFile(const std::string& path, std::string_view content) override;
  absl::Status SyncFile(const std::string& path) override;
  absl::Status Rename(const std::string& from, const std::string& to) override;
  absl::Status SyncFolder(const std::string& path) override;
  absl::Status Remove(const std::string& path) override;
  absl::StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes) override;

  // Lets the call with number `call` (0 is the next one that changes anything) fail once.
  void FailCall(int call, Fault fault);
  // Forgets everything that is not durable, and any planned fault.
  void Crash();
  // The calls so far that change anything, e.g. "write a.tmp", "rename a.tmp a".
  std::vector<std::string> calls() const;

 private:
  struct File {
    std::string content;
    std::string durable;  // what SyncFile saw last
  };
  // Records the call; an error when this one is to fail. `*apply` tells whether it takes effect.
  absl::Status Step(const std::string& call, bool* apply) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable Mutex mutex_;
  std::vector<std::string> calls_ ABSL_GUARDED_BY(mutex_);
  int fail_in_ ABSL_GUARDED_BY(mutex_) = -1;
  Fault fault_ ABSL_GUARDED_BY(mutex_) = Fault::kNotDone;
  std::map<std::string, File> files_ ABSL_GUARDED_BY(mutex_);    // as the process sees it
  std::map<std::string, File> durable_ ABSL_GUARDED_BY(mutex_);  // folder entries that are durable
};

}  // namespace candor
