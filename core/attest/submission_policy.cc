// SPDX-License-Identifier: Apache-2.0
#include "core/attest/submission_policy.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/attest/json.h"
#include "core/attest/json_fields.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr std::string_view kReason = "POLICY_FIELD_INVALID";
constexpr size_t kMaxPackageIdBytes = 1024;

absl::Status Invalid(std::string_view message) {
  return Refuse(absl::StatusCode::kInvalidArgument, kReason, message);
}

bool IsStrong(std::string_view algorithm) {
  return algorithm == "sha256" || algorithm == "sha384" || algorithm == "sha512" ||
         absl::EndsWith(algorithm, "Sha256");
}

absl::Status CheckDigests(const Statement& statement) {
  for (size_t i = 0; i < statement.subjects.size(); ++i) {
    const DigestMap& digests = statement.subjects[i].digest;
    bool strong = std::any_of(digests.begin(), digests.end(),
                              [](const auto& digest) { return IsStrong(digest.first); });
    if (!strong) {
      return Invalid(absl::StrCat("subject[", i,
                                  "].digest needs sha256, sha384 or sha512; weaker digests prove "
                                  "nothing"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckRelease(const Statement& statement) {
  CANDOR_ASSIGN_OR_RETURN(JsonFields fields,
                          JsonFields::Of(*statement.predicate, "predicate", kReason));
  CANDOR_ASSIGN_OR_RETURN(std::string text, fields.String("purl", 1, kMaxPurlBytes));
  absl::StatusOr<Purl> purl = Purl::Parse(text);
  if (!purl.ok()) return fields.Error("purl", "is not a valid package URL");
  if (purl->version().empty()) {
    return fields.Error("purl", "must name the release's version (pkg:type/name@version)");
  }
  for (std::string_view id : {"releaseId", "packageId"}) {
    CANDOR_RETURN_IF_ERROR(fields.OptionalString(id, kMaxPackageIdBytes).status());
  }
  return absl::OkStatus();
}

bool IsReleaseType(std::string_view predicate_type) {
  return predicate_type.starts_with("https://in-toto.io/attestation/release/");
}

}  // namespace

absl::Status CheckSubmission(const EntryContent& content) {
  if (IsRegistryKind(content.kind)) return absl::OkStatus();
  CANDOR_RETURN_IF_ERROR(CheckDigests(content.statement));
  if (IsReleaseType(content.statement.predicate_type)) return CheckRelease(content.statement);
  return absl::OkStatus();
}

}  // namespace candor
