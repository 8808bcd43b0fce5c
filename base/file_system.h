// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace candor {

// The system calls of an atomic file replacement, one method each, so that tests can make every
// single step fail or stop a process between two steps. Thread-safe.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // Creates or truncates `path` (mode 0600) with `content`, not yet durable.
  virtual absl::Status WriteFile(const std::string& path, std::string_view content) = 0;
  // Makes the content of `path` durable.
  virtual absl::Status SyncFile(const std::string& path) = 0;
  // Atomically replaces `to`.
  virtual absl::Status Rename(const std::string& from, const std::string& to) = 0;
  // Makes the entries of folder `path` durable.
  virtual absl::Status SyncFolder(const std::string& path) = 0;
  // OK also when there is no such file.
  virtual absl::Status Remove(const std::string& path) = 0;
  // NOT_FOUND when there is no such file.
  virtual absl::StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes) = 0;
};

class PosixFileSystem final : public FileSystem {
 public:
  absl::Status WriteFile(const std::string& path, std::string_view content) override;
  absl::Status SyncFile(const std::string& path) override;
  absl::Status Rename(const std::string& from, const std::string& to) override;
  absl::Status SyncFolder(const std::string& path) override;
  absl::Status Remove(const std::string& path) override;
  absl::StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes) override;
  // One shared instance that is never destroyed.
  static PosixFileSystem* Get();
};

}  // namespace candor
