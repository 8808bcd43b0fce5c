// SPDX-License-Identifier: Apache-2.0
#include "client/release.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/subject_match.h"
#include "core/attest/dsse.h"
#include "core/attest/statement.h"
#include "core/attest/statement_builder.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
std::string Artifact::name() const { return path.substr(path.rfind('/') + 1); }

absl::StatusOr<std::vector<Artifact>> ReadArtifacts(absl::Span<const std::string> paths) {
  std::vector<Artifact> artifacts;
  for (const std::string& path : paths) {
    CANDOR_ASSIGN_OR_RETURN(ArtifactDigests digests, DigestFile(path));
    artifacts.push_back({path, std::move(digests)});
  }
  return artifacts;
}

absl::StatusOr<std::string> MakeReleaseStatement(absl::Span<const Artifact> artifacts,
                                                 std::string_view purl) {
  std::vector<Subject> subjects;
  std::set<std::string> names;
  for (const Artifact& artifact : artifacts) {
    if (!names.insert(artifact.name()).second) {
      return absl::InvalidArgumentError(absl::StrCat("two artifacts are named ", artifact.name(),
                                                     "; a statement needs different file names"));
    }
    Subject subject;
    subject.name = artifact.name();
    subject.digest = {{"sha256", artifact.digests.sha256}, {"sha512", artifact.digests.sha512}};
    subjects.push_back(std::move(subject));
  }
  return BuildReleaseStatement(subjects, purl);
}

absl::Status CheckSubjects(std::string_view payload, absl::Span<const Artifact> artifacts) {
  CANDOR_ASSIGN_OR_RETURN(const Statement statement, ParseStatement(payload, kMaxEnvelopeBytes));
  for (const Artifact& artifact : artifacts) {
    const bool found = std::any_of(
        statement.subjects.begin(), statement.subjects.end(), [&](const Subject& subject) {
          return MatchSubject(subject, artifact.digests) == SubjectMatch::kMatches;
        });
    if (found) continue;
    return Refuse(absl::StatusCode::kInvalidArgument, "ARTIFACT_DIFFERS",
                  absl::StrCat(artifact.path, " (sha256 ", artifact.digests.sha256,
                               ") is not a subject of the statement"));
  }
  return absl::OkStatus();
}

}  // namespace candor
