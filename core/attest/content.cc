// SPDX-License-Identifier: Apache-2.0
#include "core/attest/content.h"

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/attest/dsse.h"
#include "core/attest/statement_purls.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

absl::StatusOr<PredicateKind> KnownKind(std::string_view predicate_type) {
  std::optional<PredicateKind> kind = KindOfPredicate(predicate_type);
  if (kind) return *kind;
  return Refuse(absl::StatusCode::kInvalidArgument, "PREDICATE_UNKNOWN",
                absl::StrCat("predicateType \"", predicate_type.substr(0, 128),
                             "\" is not one that can be logged"));
}

absl::Status ExaminePredicate(EntryContent& content) {
  if (!IsRegistryKind(content.kind)) {
    CANDOR_ASSIGN_OR_RETURN(content.purls, StatementPurls(content.statement, content.kind));
    return absl::OkStatus();
  }
  if (content.kind == PredicateKind::kLogConfig) {
    CANDOR_ASSIGN_OR_RETURN(content.log_config, ParseLogConfig(content.statement));
    return absl::OkStatus();
  }
  if (content.kind == PredicateKind::kParticipantKeyset) {
    CANDOR_ASSIGN_OR_RETURN(content.keyset, ParseParticipantKeyset(content.statement));
    return absl::OkStatus();
  }
  return Refuse(absl::StatusCode::kUnimplemented, "UNSUPPORTED_KIND",
                absl::StrCat("registry entries of the kind ", KindName(content.kind),
                             " are not supported by this build under rules 1"));
}

}  // namespace

absl::StatusOr<EntryContent> ExamineContent(std::string_view payload_type,
                                            std::string_view payload) {
  if (payload_type != kInTotoPayloadType) {
    return Refuse(absl::StatusCode::kInvalidArgument, "PAYLOAD_TYPE_UNSUPPORTED",
                  absl::StrCat("payloadType is \"", payload_type.substr(0, 128), "\"; it must be ",
                               kInTotoPayloadType));
  }
  EntryContent content;
  content.statement_id = StatementId(payload_type, payload);
  CANDOR_ASSIGN_OR_RETURN(content.statement, ParseStatement(payload, kHighestMaxPayloadBytes));
  CANDOR_ASSIGN_OR_RETURN(content.kind, KnownKind(content.statement.predicate_type));
  CANDOR_RETURN_IF_ERROR(ExaminePredicate(content));
  return content;
}

absl::StatusOr<EntryContent> ExamineEntry(const Entry& entry) {
  if (!entry.is_inline()) {
    return Refuse(absl::StatusCode::kFailedPrecondition, "PAYLOAD_MISSING",
                  absl::StrCat("the entry's payload sha256:", entry.payload_hash().hex(),
                               " is not inline; fetch it and give it"));
  }
  return ExamineContent(entry.payload_type(), *entry.payload());
}

absl::StatusOr<EntryContent> ExamineEntry(const Entry& entry, std::string_view payload) {
  if (payload.size() != entry.payload_size() || Sha256(payload) != entry.payload_hash() ||
      StatementId(entry.payload_type(), payload) != entry.statement_id()) {
    return Refuse(
        absl::StatusCode::kInvalidArgument, "PAYLOAD_MISMATCH",
        absl::StrCat("the payload given is not the entry's, which has ", entry.payload_size(),
                     " bytes and sha256:", entry.payload_hash().hex()));
  }
  return ExamineContent(entry.payload_type(), payload);
}

}  // namespace candor
