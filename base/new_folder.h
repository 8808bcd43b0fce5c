// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/dir_lock.h"

namespace candor {

// `path` from the root, without "." and ".." and without a slash at its end.
std::string AbsolutePath(const std::string& path);

// A folder that appears complete or not at all. It is filled under another name beside its own,
// ".NAME.candor-new", so that a process that is killed half-way leaves nothing at `path`: the next
// attempt clears what is left and succeeds. Locked while it is filled.
class NewFolder {
 public:
  // An empty folder of mode 0700, to be filled. `path` is absolute (see AbsolutePath); its parent
  // must exist. Refusals:
  //   INVALID_ARGUMENT     "FOLDER_INVALID": not an absolute path
  //   ALREADY_EXISTS       "FOLDER_EXISTS": there is something at `path`
  //   FAILED_PRECONDITION  "FOLDER_IN_USE": another process is making it
  //   PERMISSION_DENIED    "FOLDER_NOT_OURS": what lies at the other name is another user's
  static absl::StatusOr<std::unique_ptr<NewFolder>> Create(const std::string& path);
  // Removes everything unless committed.
  ~NewFolder();
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;

  // Where to write until Commit. Whatever holds files in it open must have closed them by then.
  const std::string& staging() const { return staging_; }

  // Makes all that is in it durable, then gives it its name, durably. Never replaces anything: what
  // appeared at `path` in the meantime stays (FOLDER_EXISTS). After an error nothing of it is left.
  // Once only.
  absl::Status Commit();

 private:
  NewFolder(std::string path, std::string staging, std::unique_ptr<DirLock> lock);

  const std::string path_;
  const std::string staging_;
  const std::unique_ptr<DirLock> lock_;
  bool committed_ = false;
};

}  // namespace candor
