// SPDX-License-Identifier: Apache-2.0
#include "client/subject_match.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_join.h"
#include "client/terminal_text.h"

namespace candor {

SubjectMatch MatchSubject(const Subject& subject, const ArtifactDigests& artifact) {
  bool equal = false;
  bool different = false;
  for (const auto& [algorithm, value] : subject.digest) {
    const std::string_view computed = artifact.Get(algorithm);
    if (computed.empty()) continue;
    (computed == value ? equal : different) = true;
  }
  if (equal && different) return SubjectMatch::kDisagrees;
  if (equal) return SubjectMatch::kMatches;
  return different ? SubjectMatch::kDiffers : SubjectMatch::kUnusable;
}

std::string ComparedDigests(const Subject& subject, const ArtifactDigests& artifact) {
  std::vector<std::string> names;
  for (const auto& [algorithm, value] : subject.digest) {
    if (!artifact.Get(algorithm).empty()) names.push_back(algorithm);
  }
  return absl::StrJoin(names, ", ");
}

std::string SubjectName(const Subject& subject) {
  return ForTerminal(subject.name.empty() ? subject.uri : subject.name, 200);
}

std::vector<Purl> ProductsOf(const Subject& subject, const EntryContent& content) {
  std::vector<Purl> own;
  for (const std::string_view text :
       {std::string_view(subject.name), std::string_view(subject.uri)}) {
    if (!LooksLikePurl(text)) continue;
    if (absl::StatusOr<Purl> purl = Purl::Parse(text); purl.ok()) own.push_back(*std::move(purl));
  }
  return own.empty() ? content.purls : own;
}

}  // namespace candor
