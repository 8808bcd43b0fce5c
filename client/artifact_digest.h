// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace candor {

// What an artifact hashes to, as lower-case hex. These are the digest algorithms that verification
// accepts (in-toto names: "sha256", "sha384", "sha512"); all others are ignored.
struct ArtifactDigests {
  std::string sha256;
  std::string sha384;
  std::string sha512;
  uint64_t size_bytes = 0;

  // The digest of that in-toto name, "" when it is not one of the three.
  std::string_view Get(std::string_view algorithm) const;

  bool operator==(const ArtifactDigests&) const = default;
};

// Hashes an artifact that comes in pieces. Not thread-safe.
class ArtifactHasher {
 public:
  ArtifactHasher();
  ~ArtifactHasher();
  ArtifactHasher(const ArtifactHasher&) = delete;
  ArtifactHasher& operator=(const ArtifactHasher&) = delete;

  void Update(std::string_view bytes);
  // Of all pieces. Call it once, last.
  ArtifactDigests Final();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Reads the file once, in pieces: any size, constant memory. "-" is not special. Errors as
// base/io.h; a folder is INVALID_ARGUMENT (reason NOT_A_FILE).
absl::StatusOr<ArtifactDigests> DigestFile(const std::string& path);

}  // namespace candor
