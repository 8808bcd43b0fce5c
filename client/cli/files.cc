// SPDX-License-Identifier: Apache-2.0
#include "client/cli/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/durable_file.h"
#include "base/io.h"
#include "base/key_file.h"
#include "client/terminal_text.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr size_t kMaxPemFileBytes = 1024 * 1024;

// The permission of a new file that everybody may read, less the umask.
mode_t PublicMode() {
  const mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

}  // namespace

absl::StatusOr<Policy> LoadPolicy(const std::string& path) {
  CANDOR_ASSIGN_OR_RETURN(const std::string text, ReadFileBounded(path, kMaxPolicyBytes));
  absl::StatusOr<Policy> policy = Policy::Parse(text);
  if (!policy.ok()) return Annotate(policy.status(), path);
  return policy;
}

absl::StatusOr<Participants> LoadParticipants(const std::string& path) {
  CANDOR_ASSIGN_OR_RETURN(const std::string text, ReadFileBounded(path, kMaxParticipantsBytes));
  const size_t slash = path.rfind('/');
  const std::string folder = slash == path.npos ? "" : path.substr(0, slash + 1);
  const auto read = [&](const std::string& name) {
    return ReadFileBounded(name.front() == '/' ? name : folder + name, kMaxPemFileBytes);
  };
  absl::StatusOr<Participants> participants = Participants::Parse(text, read);
  if (!participants.ok()) return Annotate(participants.status(), path);
  return participants;
}

absl::StatusOr<PublicKey> LoadPublicKey(const std::string& path) {
  CANDOR_ASSIGN_OR_RETURN(const std::string text, ReadFileBounded(path, kMaxPemFileBytes));
  absl::StatusOr<PublicKey> key = PublicKey::FromPem(text);
  if (!key.ok()) return Annotate(key.status(), path);
  return key;
}

absl::StatusOr<std::vector<PrivateKey>> LoadPrivateKeys(const std::vector<std::string>& paths) {
  std::vector<PrivateKey> keys;
  for (const std::string& path : paths) {
    CANDOR_ASSIGN_OR_RETURN(PrivateKey key, ReadKeyFile(path));
    keys.push_back(std::move(key));
  }
  return keys;
}

std::vector<const PrivateKey*> Pointers(const std::vector<PrivateKey>& keys) {
  std::vector<const PrivateKey*> pointers;
  for (const PrivateKey& key : keys) pointers.push_back(&key);
  return pointers;
}

absl::StatusOr<std::string> LoadCertificates(const std::string& path) {
  if (path.empty()) return std::string();
  return ReadFileBounded(path, kMaxPemFileBytes);
}

absl::Status WritePublicFile(const std::string& path, std::string_view content) {
  CANDOR_RETURN_IF_ERROR(DurableFile(path).Replace(content));
  if (chmod(path.c_str(), PublicMode()) != 0) return ErrnoStatus(errno, "set permissions of", path);
  return absl::OkStatus();
}

absl::Status CreatePublicFile(const std::string& path, std::string_view content) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd < 0 && errno == EEXIST) {
    return absl::AlreadyExistsError(
        absl::StrCat(path, " exists already and is not overwritten; choose another name"));
  }
  if (fd < 0) return ErrnoStatus(errno, "create", path);
  absl::Status status = WriteAll(fd, path, content);
  if (fsync(fd) != 0 && status.ok()) status = ErrnoStatus(errno, "sync", path);
  if (close(fd) != 0 && status.ok()) status = ErrnoStatus(errno, "close", path);
  return status;
}

absl::StatusOr<absl::Duration> ParseTimeout(std::string_view text) {
  absl::Duration duration;
  if (!absl::ParseDuration(text, &duration) || duration <= absl::ZeroDuration() ||
      duration > absl::Hours(24)) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", ForTerminal(text, 80), "\" is not a time like 30s or 5m, at most 24h"));
  }
  return duration;
}

std::string ReceiptWords(const Receipt& receipt, bool policy_checked) {
  std::string out = absl::StrCat("entry ", receipt.index, " of ", ForTerminal(receipt.origin));
  if (receipt.logged_by) absl::StrAppend(&out, ", logged by ", UtcTime(*receipt.logged_by));
  if (!receipt.witnesses.empty()) {
    absl::StrAppend(&out, ", cosigned by ", ForTerminal(absl::StrJoin(receipt.witnesses, ", ")));
  }
  if (!policy_checked) out += " (log and witnesses not checked: give --policy)";
  return out;
}

Json ReceiptJson(const Receipt& receipt, bool policy_checked) {
  Json out = {{"index", receipt.index},
              {"treeSize", receipt.tree_size},
              {"origin", receipt.origin},
              {"statementId", receipt.statement_id.hex()},
              {"leafHash", receipt.leaf_hash.hex()},
              {"policyChecked", policy_checked},
              {"witnesses", receipt.witnesses}};
  if (receipt.logged_by) out["loggedBy"] = *receipt.logged_by;
  return out;
}

}  // namespace candor
