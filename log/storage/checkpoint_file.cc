// SPDX-License-Identifier: Apache-2.0
#include "log/storage/checkpoint_file.h"

#include <utility>

#include "core/util/status_macros.h"
#include "log/storage/checkpoint_store.h"

namespace candor {

CheckpointFile::CheckpointFile(std::string path, FileSystem* file_system)
    : file_(std::move(path), file_system) {}

absl::Status CheckpointFile::Write(std::string_view note) {
  CANDOR_RETURN_IF_ERROR(CheckCheckpointPut(std::nullopt, 0, note));
  return file_.Replace(note);
}

absl::StatusOr<std::optional<std::string>> CheckpointFile::Read() const {
  absl::StatusOr<std::string> note = file_.Read(kMaxCheckpointBytes);
  if (absl::IsNotFound(note.status())) return std::nullopt;
  if (!note.ok()) return note.status();
  return std::optional<std::string>(*std::move(note));
}

}  // namespace candor
