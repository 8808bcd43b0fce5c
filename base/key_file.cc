// SPDX-License-Identifier: Apache-2.0
#include "base/key_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "base/io.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

absl::Status NotPrivate(const std::string& path, const std::string& problem) {
  return Refuse(absl::StatusCode::kPermissionDenied, "KEY_FILE_NOT_PRIVATE",
                absl::StrCat("key file ", path, " ", problem));
}

absl::Status CheckPrivate(int fd, const std::string& path) {
  struct stat info;
  if (fstat(fd, &info) != 0) return ErrnoStatus(errno, "inspect", path);
  if (!S_ISREG(info.st_mode)) return NotPrivate(path, "is not a regular file");
  if (info.st_uid != geteuid())
    return NotPrivate(path, "belongs to another user; copy it to a file of your own");
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return NotPrivate(path, absl::StrCat("can be used by others; run: chmod 600 ", path));
  }
  return absl::OkStatus();
}

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

absl::Status WriteAndSync(int fd, const std::string& path, std::string_view content) {
  // The mode given to open is cut by the umask, which may be stricter than 0600.
  if (fchmod(fd, S_IRUSR | S_IWUSR) != 0) return ErrnoStatus(errno, "set the mode of", path);
  CANDOR_RETURN_IF_ERROR(WriteAll(fd, path, content));
  if (fsync(fd) != 0) return ErrnoStatus(errno, "sync", path);
  const std::string folder = FolderOf(path);
  const int folder_fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder_fd < 0) return ErrnoStatus(errno, "open", folder);
  const auto closer = absl::MakeCleanup([folder_fd] { close(folder_fd); });
  if (fsync(folder_fd) != 0) return ErrnoStatus(errno, "sync", folder);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SecretString> ReadSecretFile(const std::string& path) {
  // The checks are made on the open file, so nobody can swap it between check and use.
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0 && errno == ELOOP) return NotPrivate(path, "is a symbolic link; name the file itself");
  if (fd < 0) return ErrnoStatus(errno, "open key file", path);
  const auto closer = absl::MakeCleanup([fd] { close(fd); });
  CANDOR_RETURN_IF_ERROR(CheckPrivate(fd, path));
  CANDOR_ASSIGN_OR_RETURN(std::string content, ReadFdBounded(fd, path, kMaxSecretFileBytes));
  return SecretString(std::move(content));
}

absl::Status WriteSecretFile(const std::string& path, std::string_view content) {
  // O_EXCL refuses whatever is there, symbolic links included.
  const int fd =
      open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (fd < 0 && errno == EEXIST) {
    return Refuse(
        absl::StatusCode::kAlreadyExists, "KEY_FILE_EXISTS",
        absl::StrCat(path, " exists and key files are never overwritten; choose another name"));
  }
  if (fd < 0) return ErrnoStatus(errno, "create", path);
  absl::Status written = WriteAndSync(fd, path, content);
  if (close(fd) != 0 && written.ok()) written = ErrnoStatus(errno, "close", path);
  if (!written.ok()) unlink(path.c_str());
  return written;
}

absl::StatusOr<PrivateKey> ReadKeyFile(const std::string& path) {
  CANDOR_ASSIGN_OR_RETURN(SecretString pem, ReadSecretFile(path));
  absl::StatusOr<PrivateKey> key = PrivateKey::FromPkcs8Pem(pem);
  if (!key.ok()) return Annotate(key.status(), absl::StrCat("key file ", path));
  return key;
}

absl::Status WriteKeyFile(const std::string& path, const PrivateKey& key) {
  const SecretString pem = key.ToPkcs8Pem();
  return WriteSecretFile(path, pem);
}

}  // namespace candor
