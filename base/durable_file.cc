// SPDX-License-Identifier: Apache-2.0
#include "base/durable_file.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

DurableFile::DurableFile(std::string path, FileSystem* file_system)
    : path_(std::move(path)), file_system_(file_system) {}

absl::Status DurableFile::Replace(std::string_view content) {
  const std::string temporary = absl::StrCat(path_, ".tmp");
  absl::Status status = file_system_->WriteFile(temporary, content);
  if (status.ok()) status = file_system_->SyncFile(temporary);
  if (status.ok()) status = file_system_->Rename(temporary, path_);
  if (!status.ok()) {
    // The next Replace would truncate it anyway: a failure here changes nothing.
    file_system_->Remove(temporary).IgnoreError();
    return status;
  }
  return file_system_->SyncFolder(FolderOf(path_));
}

absl::StatusOr<std::string> DurableFile::Read(size_t max_bytes) const {
  return file_system_->ReadFile(path_, max_bytes);
}

}  // namespace candor
