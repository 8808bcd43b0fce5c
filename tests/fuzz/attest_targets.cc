// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/attest/content.h"
#include "core/attest/dsse.h"
#include "core/attest/entry.h"
#include "core/attest/purl.h"
#include "core/attest/registry_entries.h"
#include "core/attest/statement.h"
#include "core/crypto/hash.h"
#include "tests/fuzz/targets.h"

namespace candor {
namespace {

constexpr size_t kMaxStatementBytes = 64 * 1024;

bool Same(const DsseEnvelope& a, const DsseEnvelope& b) {
  if (a.payload_type != b.payload_type || a.payload != b.payload ||
      a.signatures.size() != b.signatures.size()) {
    return false;
  }
  for (size_t i = 0; i < a.signatures.size(); ++i) {
    if (a.signatures[i].keyid != b.signatures[i].keyid ||
        a.signatures[i].signature != b.signatures[i].signature) {
      return false;
    }
  }
  return true;
}

// What we write about a registry entry says what was read, and writing it again the same.
template <typename Record>
std::string BuildsTheSame(const Record& record, absl::StatusOr<std::string> (*build)(const Record&),
                          absl::StatusOr<Record> (*parse)(const Statement&)) {
  const absl::StatusOr<std::string> text = build(record);
  if (!text.ok()) return "a registry entry that was read can not be written";
  const absl::StatusOr<Statement> statement = ParseStatement(*text, kMaxStatementBytes);
  if (!statement.ok()) return "a registry entry that was written is no statement";
  const absl::StatusOr<Record> again = parse(*statement);
  if (!again.ok()) return "a registry entry that was written can not be read";
  const absl::StatusOr<std::string> twice = build(*again);
  return twice.ok() && *twice == *text ? "" : "a registry entry changes when it is written twice";
}

}  // namespace

FuzzOutcome FuzzEntry(std::string_view input) {
  const absl::StatusOr<Entry> entry = DecodeEntry(input);
  if (!entry.ok()) return std::nullopt;
  if (EncodeEntry(*entry) != input) return "encoding what was decoded gives other bytes";
  if (entry->is_inline() &&
      (entry->payload()->size() != entry->payload_size() ||
       Sha256(*entry->payload()) != entry->payload_hash() ||
       StatementId(entry->payload_type(), *entry->payload()) != entry->statement_id())) {
    return "the inline payload is not the one that the entry names";
  }
  return "";
}

FuzzOutcome FuzzEnvelope(std::string_view input) {
  const absl::StatusOr<DsseEnvelope> envelope = ParseEnvelope(input);
  if (!envelope.ok()) return std::nullopt;
  // JSON has many forms; ours may be longer than what came.
  const absl::StatusOr<std::string> formatted = FormatEnvelope(*envelope);
  if (!formatted.ok()) return std::nullopt;
  const absl::StatusOr<DsseEnvelope> again = ParseEnvelope(*formatted, 2 * kMaxEnvelopeBytes);
  if (!again.ok()) return "an envelope that was written can not be read";
  return Same(*envelope, *again) ? "" : "an envelope changes when it is written and read";
}

FuzzOutcome FuzzStatement(std::string_view input) {
  const absl::StatusOr<Statement> statement = ParseStatement(input, kMaxStatementBytes);
  const absl::StatusOr<EntryContent> content = ExamineContent(kInTotoPayloadType, input);
  if (!statement.ok()) {
    return content.ok() ? FuzzOutcome("content without a statement") : std::nullopt;
  }
  if (statement->subjects.empty() || statement->subjects.size() > kMaxSubjects ||
      statement->predicate == nullptr) {
    return "a statement outside of its limits";
  }
  if (!content.ok()) return std::nullopt;
  if (content->log_config.has_value()) {
    return BuildsTheSame(*content->log_config, BuildLogConfigStatement, ParseLogConfig);
  }
  if (content->keyset.has_value()) {
    return BuildsTheSame(*content->keyset, BuildParticipantKeysetStatement, ParseParticipantKeyset);
  }
  return "";
}

FuzzOutcome FuzzPurl(std::string_view input) {
  const absl::StatusOr<Purl> purl = Purl::Parse(input);
  if (!purl.ok()) return std::nullopt;
  const std::string text = purl->ToString();
  const absl::StatusOr<Purl> again = Purl::Parse(text);
  if (!again.ok()) return "the canonical form is no purl";
  if (again->ToString() != text) return "the canonical form is not canonical";
  const bool same = again->path() == purl->path() && again->version() == purl->version() &&
                    again->qualifiers() == purl->qualifiers() &&
                    again->subpath() == purl->subpath();
  return same ? "" : "the canonical form is another purl";
}

}  // namespace candor
