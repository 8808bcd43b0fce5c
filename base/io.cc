// SPDX-License-Identifier: Apache-2.0
#include "base/io.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "core/util/reason.h"

namespace candor {
namespace {

constexpr size_t kChunkBytes = 64 * 1024;

absl::Status TooLarge(std::string_view name, size_t max_bytes) {
  return Refuse(
      absl::StatusCode::kInvalidArgument, "FILE_TOO_LARGE",
      absl::StrCat(std::string(name), " is larger than the limit of ", max_bytes, " bytes"));
}

absl::StatusCode CodeFromErrno(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return absl::StatusCode::kNotFound;
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::StatusCode::kPermissionDenied;
    case EEXIST:
      return absl::StatusCode::kAlreadyExists;
    case EISDIR:
    case ELOOP:
    case ENAMETOOLONG:
      return absl::StatusCode::kInvalidArgument;
    case ENOSPC:
    case EDQUOT:
      return absl::StatusCode::kResourceExhausted;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

}  // namespace

absl::Status ErrnoStatus(int error, std::string_view action, std::string_view path) {
  char buffer[256];
  // The GNU variant: returns the text, which may lie outside the buffer.
  const char* text = strerror_r(error, buffer, sizeof(buffer));
  return absl::Status(CodeFromErrno(error), absl::StrCat("cannot ", std::string(action), " ",
                                                         std::string(path), ": ", text));
}

absl::StatusOr<std::string> ReadFdBounded(int fd, std::string_view name, size_t max_bytes) {
  std::string content;
  while (true) {
    const size_t before = content.size();
    // One byte more than the limit tells "exactly full" from "too large".
    const size_t want = std::min(kChunkBytes, max_bytes - before + 1);
    content.resize(before + want);
    const ssize_t got = read(fd, content.data() + before, want);
    if (got < 0) {
      const int error = errno;
      content.resize(before);
      if (error == EINTR) continue;
      return ErrnoStatus(error, "read", name);
    }
    content.resize(before + static_cast<size_t>(got));
    if (content.size() > max_bytes) return TooLarge(name, max_bytes);
    if (got == 0) return content;
  }
}

absl::StatusOr<std::string> ReadFileBounded(const std::string& path, size_t max_bytes) {
  // Without O_NONBLOCK the open of a named pipe that nobody writes would wait for ever.
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return ErrnoStatus(errno, "open", path);
  const auto closer = absl::MakeCleanup([fd] { close(fd); });
  struct stat info;
  if (fstat(fd, &info) != 0) return ErrnoStatus(errno, "inspect", path);
  if (S_ISDIR(info.st_mode)) return ErrnoStatus(EISDIR, "read", path);
  if (S_ISREG(info.st_mode) && static_cast<uint64_t>(info.st_size) > max_bytes) {
    return TooLarge(path, max_bytes);
  }
  // Pipes such as a shell's <(...) are read to their end, waiting for their writer.
  if (!S_ISREG(info.st_mode)) fcntl(fd, F_SETFL, 0);
  return ReadFdBounded(fd, path, max_bytes);
}

absl::StatusOr<std::string> ReadStdinBounded(size_t max_bytes) {
  return ReadFdBounded(STDIN_FILENO, "standard input", max_bytes);
}

absl::Status WriteAll(int fd, std::string_view name, std::string_view data) {
  while (!data.empty()) {
    const ssize_t written = write(fd, data.data(), data.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return ErrnoStatus(errno, "write", name);
    }
    data.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

}  // namespace candor
