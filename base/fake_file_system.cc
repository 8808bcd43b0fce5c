// SPDX-License-Identifier: Apache-2.0
#include "base/fake_file_system.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/util/reason.h"

namespace candor {

absl::Status FakeFileSystem::Step(const std::string& call, bool* apply) {
  calls_.push_back(call);
  *apply = true;
  if (fail_in_ < 0 || fail_in_-- > 0) return absl::OkStatus();
  *apply = fault_ == Fault::kDone;
  return absl::UnavailableError(absl::StrCat("cannot ", call, ": planned fault"));
}

absl::Status FakeFileSystem::WriteFile(const std::string& path, std::string_view content) {
  MutexLock lock(&mutex_);
  bool apply = false;
  absl::Status status = Step(absl::StrCat("write ", path), &apply);
  // A failed write can leave a part of the content behind.
  if (!apply) content = content.substr(0, content.size() / 2);
  files_[path] = File{std::string(content), ""};
  return status;
}

absl::Status FakeFileSystem::SyncFile(const std::string& path) {
  MutexLock lock(&mutex_);
  bool apply = false;
  absl::Status status = Step(absl::StrCat("sync ", path), &apply);
  const auto file = files_.find(path);
  if (file == files_.end()) return absl::NotFoundError(absl::StrCat("cannot sync ", path));
  if (!apply) return status;
  file->second.durable = file->second.content;
  const auto entry = durable_.find(path);
  if (entry != durable_.end()) entry->second = file->second;
  return status;
}

absl::Status FakeFileSystem::Rename(const std::string& from, const std::string& to) {
  MutexLock lock(&mutex_);
  bool apply = false;
  absl::Status status = Step(absl::StrCat("rename ", from, " ", to), &apply);
  const auto file = files_.find(from);
  if (file == files_.end()) return absl::NotFoundError(absl::StrCat("cannot rename ", from));
  if (!apply) return status;
  files_[to] = std::move(file->second);
  files_.erase(from);
  return status;
}

absl::Status FakeFileSystem::SyncFolder(const std::string& path) {
  MutexLock lock(&mutex_);
  bool apply = false;
  absl::Status status = Step(absl::StrCat("sync folder ", path), &apply);
  if (apply) durable_ = files_;  // one folder is all that the tests need
  return status;
}

absl::Status FakeFileSystem::Remove(const std::string& path) {
  MutexLock lock(&mutex_);
  bool apply = false;
  absl::Status status = Step(absl::StrCat("remove ", path), &apply);
  if (apply) files_.erase(path);
  return status;
}

absl::StatusOr<std::string> FakeFileSystem::ReadFile(const std::string& path, size_t max_bytes) {
  MutexLock lock(&mutex_);
  const auto file = files_.find(path);
  if (file == files_.end()) return absl::NotFoundError(absl::StrCat("cannot open ", path));
  if (file->second.content.size() > max_bytes) {
    return Refuse(absl::StatusCode::kInvalidArgument, "FILE_TOO_LARGE",
                  absl::StrCat(path, " is larger than the limit of ", max_bytes, " bytes"));
  }
  return file->second.content;
}

void FakeFileSystem::FailCall(int call, Fault fault) {
  MutexLock lock(&mutex_);
  fail_in_ = call;
  fault_ = fault;
}

void FakeFileSystem::Crash() {
  MutexLock lock(&mutex_);
  for (auto& [path, file] : durable_) file.content = file.durable;
  files_ = durable_;
  fail_in_ = -1;
}

std::vector<std::string> FakeFileSystem::calls() const {
  MutexLock lock(&mutex_);
  return calls_;
}

}  // namespace candor
