// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "client/artifact_digest.h"

namespace candor {

struct Artifact {
  std::string path;  // as the user named it
  ArtifactDigests digests;

  // The last component of the path: the subject's name.
  std::string name() const;
};

// Digests every file. The first one that can not be read is the error.
absl::StatusOr<std::vector<Artifact>> ReadArtifacts(absl::Span<const std::string> paths);

// A release statement (in-toto v1) whose subjects are the artifacts with sha256 and sha512.
// INVALID_ARGUMENT when there is none or too many, two have one name, or the purl is invalid or
// without a version.
absl::StatusOr<std::string> MakeReleaseStatement(absl::Span<const Artifact> artifacts,
                                                 std::string_view purl);

// OK when every artifact is a subject of the statement by all its usable digests. INVALID_ARGUMENT
// (reason ARTIFACT_DIFFERS) naming the first that is not.
absl::Status CheckSubjects(std::string_view statement, absl::Span<const Artifact> artifacts);

}  // namespace candor
