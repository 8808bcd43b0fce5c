// SPDX-License-Identifier: Apache-2.0
#include "core/attest/statement.h"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/attest/json.h"
#include "core/attest/json_fields.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr std::string_view kReason = "STATEMENT_INVALID";

// The length of a value in hex digits; 0 when the algorithm's values have no fixed form.
size_t HexDigitsOf(std::string_view algorithm) {
  if (algorithm == "sha256" || absl::EndsWith(algorithm, "Sha256")) return 64;
  if (algorithm == "sha384") return 96;
  if (algorithm == "sha512") return 128;
  return 0;
}

bool IsLowerHex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

absl::StatusOr<DigestMap> ParseDigests(const JsonFields& subject) {
  const Json* member = subject.Find("digest");
  if (member == nullptr || !member->is_object() || member->empty() ||
      member->size() > kMaxDigestsPerSubject) {
    return subject.Error(
        "digest", absl::StrCat("must be an object with 1 to ", kMaxDigestsPerSubject, " digests"));
  }
  CANDOR_ASSIGN_OR_RETURN(JsonFields fields, subject.Object("digest"));
  DigestMap digests;
  for (const auto& [algorithm, unused] : member->items()) {
    if (algorithm.empty() || algorithm.size() > kMaxDigestNameBytes) {
      return subject.Error("digest",
                           absl::StrCat("has an algorithm name that is empty or longer than ",
                                        kMaxDigestNameBytes, " bytes"));
    }
    CANDOR_ASSIGN_OR_RETURN(std::string value, fields.String(algorithm, 1, kMaxDigestValueBytes));
    size_t digits = HexDigitsOf(algorithm);
    if (digits != 0 && (value.size() != digits || !IsLowerHex(value))) {
      return fields.Error(algorithm, absl::StrCat("must be ", digits, " lower-case hex digits"));
    }
    digests.emplace(algorithm, std::move(value));
  }
  return digests;
}

absl::StatusOr<Subject> ParseSubject(const Json& value, size_t position) {
  CANDOR_ASSIGN_OR_RETURN(JsonFields fields,
                          JsonFields::Of(value, absl::StrCat("subject[", position, "]"), kReason));
  Subject subject;
  CANDOR_ASSIGN_OR_RETURN(subject.name, fields.OptionalString("name", kMaxSubjectNameBytes));
  CANDOR_ASSIGN_OR_RETURN(subject.uri, fields.OptionalString("uri", kMaxSubjectNameBytes));
  CANDOR_ASSIGN_OR_RETURN(subject.digest, ParseDigests(fields));
  return subject;
}

absl::Status CheckSubjectCount(const JsonFields& fields) {
  const Json* subjects = fields.Find("subject");
  if (subjects == nullptr || !subjects->is_array() || subjects->empty()) {
    return fields.Error("subject", "must be an array with at least one element");
  }
  if (subjects->size() > kMaxSubjects) {
    return Refuse(absl::StatusCode::kInvalidArgument, "TOO_MANY_SUBJECTS",
                  absl::StrCat("subject has ", subjects->size(), " elements; the limit is ",
                               kMaxSubjects, ", make several statements"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Statement> ParseStatement(std::string_view payload, size_t max_bytes) {
  CANDOR_ASSIGN_OR_RETURN(Json document, ParseJson(payload, max_bytes, "the statement"));
  if (!document.is_object()) {
    return Refuse(absl::StatusCode::kInvalidArgument, kReason,
                  "the statement must be a JSON object");
  }
  CANDOR_ASSIGN_OR_RETURN(JsonFields fields, JsonFields::Of(document, "", kReason));
  Statement statement;
  CANDOR_ASSIGN_OR_RETURN(statement.type, fields.String("_type", 1, kMaxPredicateTypeBytes));
  if (statement.type != kStatementV1 && statement.type != kStatementV01) {
    return Refuse(absl::StatusCode::kInvalidArgument, "STATEMENT_TYPE_UNKNOWN",
                  absl::StrCat("_type is \"", std::string_view(statement.type).substr(0, 128),
                               "\"; it must be ", kStatementV1));
  }
  CANDOR_ASSIGN_OR_RETURN(statement.predicate_type,
                          fields.String("predicateType", 1, kMaxPredicateTypeBytes));
  CANDOR_RETURN_IF_ERROR(CheckSubjectCount(fields));
  for (const Json& value : *fields.Find("subject")) {
    CANDOR_ASSIGN_OR_RETURN(Subject subject, ParseSubject(value, statement.subjects.size()));
    statement.subjects.push_back(std::move(subject));
  }
  Json predicate = Json::object();
  if (auto it = document.find("predicate"); it != document.end()) predicate = std::move(*it);
  if (!predicate.is_object()) return fields.Error("predicate", "must be a JSON object");
  statement.predicate = std::make_shared<const Json>(std::move(predicate));
  return statement;
}

}  // namespace candor
