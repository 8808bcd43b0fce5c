// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/durable_file.h"
#include "base/file_system.h"

namespace candor {

// The last checkpoint that the log signed, in a small synced file outside of the store, so that a
// store that was lost, rolled back or cloned is noticed before anything else is signed. The file is
// the signed note itself. One writer; not thread-safe.
class CheckpointFile {
 public:
  // `path` should be on another disk than the store when there is one. `file_system` outlives this.
  explicit CheckpointFile(std::string path, FileSystem* file_system = PosixFileSystem::Get());

  // Durable on OK. On an error either note may be found later; do not let the new one leave then.
  absl::Status Write(std::string_view note);

  // nullopt when nothing was ever written.
  absl::StatusOr<std::optional<std::string>> Read() const;

  const std::string& path() const { return file_.path(); }

 private:
  DurableFile file_;
};

}  // namespace candor
