// SPDX-License-Identifier: Apache-2.0
#include "client/monitor_state.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/io.h"
#include "core/attest/entry.h"
#include "core/attest/json.h"
#include "core/attest/verify_entry.h"
#include "core/note/note.h"
#include "core/util/bytes.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr uint64_t kStateVersion = 1;
constexpr size_t kMaxStateBytes = 1024 * 1024;
constexpr size_t kMaxRegistryBytes = size_t{1} << 30;

absl::Status Damaged(std::string_view folder, std::string_view what) {
  return Refuse(absl::StatusCode::kDataLoss, "STATE_DAMAGED",
                absl::StrCat("the monitor's state in ", folder, " is damaged (", what,
                             "): keep the folder as it is and start with a new one"));
}

class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }

 private:
  const int fd_;
};

absl::StatusOr<MonitorPosition> ParsePosition(std::string_view text, uint64_t* registry_bytes) {
  CANDOR_ASSIGN_OR_RETURN(const Json json, ParseJson(text, kMaxStateBytes, "state.json"));
  const bool shape = json.is_object() && json.size() == 4 && json.contains("version") &&
                     json.contains("checkpoint") && json.contains("nextIndex") &&
                     json.contains("registryBytes");
  if (!shape || !json["version"].is_number_unsigned() || !json["checkpoint"].is_string() ||
      !json["nextIndex"].is_number_unsigned() || !json["registryBytes"].is_number_unsigned()) {
    return absl::DataLossError("state.json does not have its four members");
  }
  if (json["version"].get<uint64_t>() != kStateVersion) {
    return absl::DataLossError("state.json is of another version");
  }
  *registry_bytes = json["registryBytes"].get<uint64_t>();
  return MonitorPosition{json["checkpoint"].get<std::string>(), json["nextIndex"].get<uint64_t>()};
}

absl::Status ReplayOne(ByteReader* reader, MemoryRegistry* registry) {
  CANDOR_ASSIGN_OR_RETURN(const uint64_t index, reader->U64());
  CANDOR_ASSIGN_OR_RETURN(const uint16_t size, reader->U16());
  CANDOR_ASSIGN_OR_RETURN(const std::string_view bytes, reader->Bytes(size));
  CANDOR_ASSIGN_OR_RETURN(const Entry entry, DecodeEntry(bytes));
  return ReplayEntry(*registry, entry, index);
}

}  // namespace

MonitorState::MonitorState(std::string folder, std::unique_ptr<DirLock> lock)
    : folder_(std::move(folder)),
      lock_(std::move(lock)),
      file_(absl::StrCat(folder_, "/state.json")) {}

absl::StatusOr<std::unique_ptr<MonitorState>> MonitorState::Open(const std::string& folder) {
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return ErrnoStatus(errno, "create", folder);
  }
  CANDOR_ASSIGN_OR_RETURN(std::unique_ptr<DirLock> lock, DirLock::Acquire(folder));
  std::unique_ptr<MonitorState> state(new MonitorState(folder, std::move(lock)));
  CANDOR_RETURN_IF_ERROR(state->Load());
  return state;
}

absl::Status MonitorState::Load() {
  const absl::StatusOr<std::string> text = file_.Read(kMaxStateBytes);
  if (absl::IsNotFound(text.status())) return absl::OkStatus();
  if (!text.ok()) return text.status();
  absl::StatusOr<MonitorPosition> position = ParsePosition(*text, &registry_bytes_);
  if (!position.ok()) return Damaged(folder_, position.status().message());
  position_ = *std::move(position);
  return absl::OkStatus();
}

absl::Status MonitorState::LoadRegistry(MemoryRegistry* registry) const {
  if (registry_bytes_ == 0) return absl::OkStatus();
  const absl::StatusOr<std::string> bytes =
      ReadFileBounded(absl::StrCat(folder_, "/registry"), kMaxRegistryBytes);
  if (!bytes.ok()) return Damaged(folder_, bytes.status().message());
  if (bytes->size() < registry_bytes_) return Damaged(folder_, "registry is too short");
  ByteReader reader(std::string_view(*bytes).substr(0, registry_bytes_));
  while (reader.remaining() > 0) {
    if (const absl::Status status = ReplayOne(&reader, registry); !status.ok()) {
      return Damaged(folder_, absl::StrCat("registry: ", status.message()));
    }
  }
  return absl::OkStatus();
}

void MonitorState::AddRegistryEntry(uint64_t index, std::string_view entry) {
  ByteWriter writer;
  writer.U64(index);
  writer.U16(static_cast<uint16_t>(entry.size()));
  writer.Bytes(entry);
  pending_.append(writer.bytes());
}

absl::Status MonitorState::AppendRegistry() {
  const std::string path = absl::StrCat(folder_, "/registry");
  const File file(open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  if (file.fd() < 0) return ErrnoStatus(errno, "open", path);
  // What a crash left behind the part that counts goes first.
  const auto offset = static_cast<off_t>(registry_bytes_);
  if (ftruncate(file.fd(), offset) != 0 || lseek(file.fd(), offset, SEEK_SET) != offset) {
    return ErrnoStatus(errno, "write", path);
  }
  CANDOR_RETURN_IF_ERROR(WriteAll(file.fd(), path, pending_));
  if (fsync(file.fd()) != 0) return ErrnoStatus(errno, "sync", path);
  return absl::OkStatus();
}

absl::Status MonitorState::Save(const MonitorPosition& position) {
  if (!pending_.empty()) CANDOR_RETURN_IF_ERROR(AppendRegistry());
  const uint64_t registry_bytes = registry_bytes_ + pending_.size();
  const Json json = {{"version", kStateVersion},
                     {"checkpoint", position.checkpoint},
                     {"nextIndex", position.next_index},
                     {"registryBytes", registry_bytes}};
  CANDOR_ASSIGN_OR_RETURN(const std::string text, FormatJson(json));
  CANDOR_RETURN_IF_ERROR(file_.Replace(text));
  registry_bytes_ = registry_bytes;
  pending_.clear();
  position_ = position;
  return absl::OkStatus();
}

absl::Status MonitorState::KeepEvidence(const std::string& name, std::string_view text) {
  DurableFile file(absl::StrCat(folder_, "/", name));
  if (file.Read(4 * kMaxNoteBytes).ok()) return absl::OkStatus();
  return file.Replace(text);
}

absl::Status MonitorState::KeepOneOf(std::string_view prefix, size_t limit, const std::string& name,
                                     std::string_view text) {
  size_t others = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator it(folder_, error), end; !error && it != end;
       it.increment(error)) {
    const std::string other = it->path().filename().string();
    if (other != name && std::string_view(other).substr(0, prefix.size()) == prefix) ++others;
  }
  if (error)
    return absl::InternalError(absl::StrCat("cannot read ", folder_, ": ", error.message()));
  if (others >= limit) {
    return absl::ResourceExhaustedError(
        absl::StrCat(folder_, " holds ", others, " files ", prefix, "* already"));
  }
  return KeepEvidence(name, text);
}

}  // namespace candor
