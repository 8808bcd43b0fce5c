// SPDX-License-Identifier: Apache-2.0
#include "client/artifact_digest.h"

#include <openssl/sha.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/io.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"

namespace candor {
namespace {

constexpr size_t kReadBytes = 256 * 1024;

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using FilePointer = std::unique_ptr<std::FILE, FileCloser>;

template <size_t kSize>
std::string HexOf(const unsigned char (&digest)[kSize]) {
  return HexEncode({reinterpret_cast<const char*>(digest), kSize});
}

}  // namespace

struct ArtifactHasher::State {
  SHA256_CTX sha256;
  SHA512_CTX sha384;
  SHA512_CTX sha512;
  uint64_t size_bytes = 0;
};

std::string_view ArtifactDigests::Get(std::string_view algorithm) const {
  if (algorithm == "sha256") return sha256;
  if (algorithm == "sha384") return sha384;
  if (algorithm == "sha512") return sha512;
  return {};
}

ArtifactHasher::ArtifactHasher() : state_(std::make_unique<State>()) {
  SHA256_Init(&state_->sha256);
  SHA384_Init(&state_->sha384);
  SHA512_Init(&state_->sha512);
}

ArtifactHasher::~ArtifactHasher() = default;

void ArtifactHasher::Update(std::string_view bytes) {
  SHA256_Update(&state_->sha256, bytes.data(), bytes.size());
  SHA384_Update(&state_->sha384, bytes.data(), bytes.size());
  SHA512_Update(&state_->sha512, bytes.data(), bytes.size());
  state_->size_bytes += bytes.size();
}

ArtifactDigests ArtifactHasher::Final() {
  unsigned char sha256[SHA256_DIGEST_LENGTH];
  unsigned char sha384[SHA384_DIGEST_LENGTH];
  unsigned char sha512[SHA512_DIGEST_LENGTH];
  SHA256_Final(sha256, &state_->sha256);
  SHA384_Final(sha384, &state_->sha384);
  SHA512_Final(sha512, &state_->sha512);
  return {HexOf(sha256), HexOf(sha384), HexOf(sha512), state_->size_bytes};
}

absl::StatusOr<ArtifactDigests> DigestFile(const std::string& path) {
  const FilePointer file(std::fopen(path.c_str(), "rbe"));
  if (file == nullptr) return ErrnoStatus(errno, "open", path);
  struct stat info;
  if (fstat(fileno(file.get()), &info) != 0) return ErrnoStatus(errno, "read", path);
  if (S_ISDIR(info.st_mode)) {
    return Refuse(absl::StatusCode::kInvalidArgument, "NOT_A_FILE",
                  absl::StrCat(path, " is a folder; name the artifact's file"));
  }
  ArtifactHasher hasher;
  std::vector<char> buffer(kReadBytes);
  while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
    hasher.Update({buffer.data(), count});
  }
  if (std::ferror(file.get()) != 0) return ErrnoStatus(errno, "read", path);
  return hasher.Final();
}

}  // namespace candor
