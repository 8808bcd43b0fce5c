// SPDX-License-Identifier: Apache-2.0
#include "base/new_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file_system.h"
#include "base/io.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

namespace fs = std::filesystem;

absl::Status Exists(const std::string& path) {
  return Refuse(
      absl::StatusCode::kAlreadyExists, "FOLDER_EXISTS",
      absl::StrCat(path, " exists already; give a folder that does not, nothing was changed"));
}

// Also a link that leads nowhere is something.
bool IsThere(const std::string& path) {
  struct stat info = {};
  return lstat(path.c_str(), &info) == 0;
}

// Somebody else's folder would let them read or change what is put there.
absl::Status CheckOurs(const std::string& staging) {
  struct stat info = {};
  if (lstat(staging.c_str(), &info) != 0) return ErrnoStatus(errno, "look at", staging);
  if (S_ISDIR(info.st_mode) && info.st_uid == geteuid()) return absl::OkStatus();
  return Refuse(absl::StatusCode::kPermissionDenied, "FOLDER_NOT_OURS",
                absl::StrCat(staging, " is in the way and not a folder of this user; remove it"));
}

// (The iterators' own loops would throw.)
absl::Status Clear(const std::string& folder) {
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  while (!error && entry != fs::directory_iterator()) {
    fs::remove_all(entry->path(), error);
    if (!error) entry.increment(error);
  }
  return error ? ErrnoStatus(error.value(), "clear", folder) : absl::OkStatus();
}

absl::Status SyncTree(const std::string& folder) {
  FileSystem* const files = PosixFileSystem::Get();
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  while (!error && entry != fs::recursive_directory_iterator()) {
    const std::string& path = entry->path().native();
    if (entry->is_directory(error)) {
      CANDOR_RETURN_IF_ERROR(files->SyncFolder(path));
    } else if (entry->is_regular_file(error)) {
      CANDOR_RETURN_IF_ERROR(files->SyncFile(path));
    }
    if (!error) entry.increment(error);
  }
  if (error) return ErrnoStatus(error.value(), "read", folder);
  return files->SyncFolder(folder);
}

absl::Status RenameToNothing(const std::string& from, const std::string& to) {
  if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) {
    return absl::OkStatus();
  }
  if (errno == EEXIST) return Exists(to);
  if (errno != EINVAL && errno != ENOSYS) return ErrnoStatus(errno, "rename to", to);
  // Some network file systems can not promise it; there a plain rename still spares all but an
  // empty folder.
  if (IsThere(to)) return Exists(to);
  if (rename(from.c_str(), to.c_str()) != 0) return ErrnoStatus(errno, "rename to", to);
  return absl::OkStatus();
}

}  // namespace

std::string AbsolutePath(const std::string& path) {
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  std::string text = error ? path : absolute.lexically_normal().string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

NewFolder::NewFolder(std::string path, std::string staging, std::unique_ptr<DirLock> lock)
    : path_(std::move(path)), staging_(std::move(staging)), lock_(std::move(lock)) {}

NewFolder::~NewFolder() {
  if (committed_) return;
  std::error_code ignored;
  fs::remove_all(staging_, ignored);
}

absl::StatusOr<std::unique_ptr<NewFolder>> NewFolder::Create(const std::string& path) {
  const fs::path full(path);
  if (!full.is_absolute()) {
    return Refuse(absl::StatusCode::kInvalidArgument, "FOLDER_INVALID",
                  absl::StrCat("\"", path, "\" is no path to make a folder at"));
  }
  if (IsThere(path)) return Exists(path);
  const std::string staging =
      (full.parent_path() / absl::StrCat(".", full.filename().string(), ".candor-new")).string();
  if (mkdir(staging.c_str(), 0700) != 0 && errno != EEXIST) {
    return ErrnoStatus(errno, "make", staging);
  }
  CANDOR_RETURN_IF_ERROR(CheckOurs(staging));
  CANDOR_ASSIGN_OR_RETURN(std::unique_ptr<DirLock> lock, DirLock::Acquire(staging));
  // Whoever held the lock until now may have given the folder its name.
  if (IsThere(path)) {
    rmdir(staging.c_str());  // ours if it is there at all, and empty
    return Exists(path);
  }
  std::unique_ptr<NewFolder> folder(new NewFolder(path, staging, std::move(lock)));
  CANDOR_RETURN_IF_ERROR(Clear(staging));
  if (chmod(staging.c_str(), 0700) != 0) return ErrnoStatus(errno, "protect", staging);
  return folder;
}

absl::Status NewFolder::Commit() {
  CANDOR_RETURN_IF_ERROR(SyncTree(staging_));
  CANDOR_RETURN_IF_ERROR(RenameToNothing(staging_, path_));
  committed_ = true;
  absl::Status synced = PosixFileSystem::Get()->SyncFolder(fs::path(path_).parent_path().string());
  if (!synced.ok()) {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  return synced;
}

}  // namespace candor
