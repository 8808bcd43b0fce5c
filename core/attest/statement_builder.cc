// SPDX-License-Identifier: Apache-2.0
#include "core/attest/statement_builder.h"

#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/attest/json.h"
#include "core/attest/predicates.h"
#include "core/attest/purl.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

Json SubjectJson(const Subject& subject) {
  Json json = Json::object();
  json["digest"] = subject.digest;
  if (!subject.name.empty()) json["name"] = subject.name;
  if (!subject.uri.empty()) json["uri"] = subject.uri;
  return json;
}

}  // namespace

absl::StatusOr<std::string> BuildStatement(absl::Span<const Subject> subjects,
                                           std::string_view predicate_type,
                                           const nlohmann::json& predicate) {
  Json subject_array = Json::array();
  for (const Subject& subject : subjects) subject_array.push_back(SubjectJson(subject));
  CANDOR_ASSIGN_OR_RETURN(std::string payload, FormatJson({{"_type", kStatementV1},
                                                           {"subject", std::move(subject_array)},
                                                           {"predicateType", predicate_type},
                                                           {"predicate", predicate}}));
  CANDOR_RETURN_IF_ERROR(ParseStatement(payload, std::numeric_limits<size_t>::max()).status());
  return payload;
}

absl::StatusOr<std::string> BuildReleaseStatement(absl::Span<const Subject> subjects,
                                                  std::string_view purl) {
  CANDOR_ASSIGN_OR_RETURN(Purl release, Purl::Parse(purl));
  if (release.version().empty()) {
    return Refuse(absl::StatusCode::kInvalidArgument, "POLICY_FIELD_INVALID",
                  absl::StrCat("the purl of a release must name its version: \"",
                               release.ToString(), "@...\""));
  }
  for (const Subject& subject : subjects) {
    if (!subject.digest.contains("sha256")) {
      return Refuse(absl::StatusCode::kInvalidArgument, "POLICY_FIELD_INVALID",
                    absl::StrCat("the subject \"", std::string_view(subject.name).substr(0, 128),
                                 "\" of a release must have a sha256 digest"));
    }
  }
  Json predicate = Json::object();
  predicate["purl"] = release.ToString();
  return BuildStatement(subjects, kReleaseType, predicate);
}

}  // namespace candor
