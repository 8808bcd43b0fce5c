// SPDX-License-Identifier: Apache-2.0
#include "base/dir_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "base/io.h"
#include "core/util/reason.h"

namespace candor {

absl::StatusOr<std::unique_ptr<DirLock>> DirLock::Acquire(const std::string& folder) {
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return ErrnoStatus(errno, "open folder", folder);
  int result = 0;
  do {
    result = flock(fd, LOCK_EX | LOCK_NB);
  } while (result != 0 && errno == EINTR);
  if (result == 0) return std::unique_ptr<DirLock>(new DirLock(fd));
  const int error = errno;
  close(fd);
  if (error != EWOULDBLOCK) return ErrnoStatus(error, "lock folder", folder);
  return Refuse(
      absl::StatusCode::kFailedPrecondition, "FOLDER_IN_USE",
      absl::StrCat("folder ", folder, " is in use by another process; stop that one first"));
}

DirLock::~DirLock() { close(fd_); }  // which gives the lock back

}  // namespace candor
