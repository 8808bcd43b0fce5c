// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace candor {

// Holds a folder for this process until destroyed or the process ends, however it ends. An advisory
// lock (flock) on the folder itself: no file is created in it.
class DirLock {
 public:
  // NOT_FOUND when there is no such folder; FAILED_PRECONDITION (reason FOLDER_IN_USE) when another
  // holder, in this process or another, has it. Never waits.
  static absl::StatusOr<std::unique_ptr<DirLock>> Acquire(const std::string& folder);
  ~DirLock();
  DirLock(const DirLock&) = delete;
  DirLock& operator=(const DirLock&) = delete;

 private:
  explicit DirLock(int fd) : fd_(fd) {}
  const int fd_;
};

}  // namespace candor
