// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/file_system.h"

namespace candor {

// One small file whose content is replaced as a whole. After any failure or crash it holds either
// the old or the new content, never a mixture. One writer at a time (see dir_lock.h).
class DurableFile {
 public:
  // `file_system` must outlive this.
  explicit DurableFile(std::string path, FileSystem* file_system = PosixFileSystem::Get());

  // On OK the new content is durable. On an error before the rename the old content stays; when
  // only the last step (folder sync) failed the new content is visible but may be lost by a crash.
  absl::Status Replace(std::string_view content);

  // NOT_FOUND when it was never written; INVALID_ARGUMENT when it is larger than `max_bytes`.
  absl::StatusOr<std::string> Read(size_t max_bytes) const;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
  FileSystem* file_system_;
};

}  // namespace candor
