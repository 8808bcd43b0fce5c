// SPDX-License-Identifier: Apache-2.0
#include "client/attestation_file.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/terminal_text.h"
#include "core/attest/json.h"
#include "core/attest/statement.h"
#include "core/crypto/signature.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

absl::Status Unknown(std::string_view message) {
  return Refuse(absl::StatusCode::kInvalidArgument, "ATTESTATION_UNKNOWN", message);
}

absl::Status At(const std::string& place, const absl::Status& status) {
  return place.empty() ? status : Annotate(status, place);
}

bool LooksLikeEnvelope(const Json& value) {
  return value.contains("payloadType") ||
         (value.contains("payload") && value.contains("signatures"));
}

bool LooksLikeStatement(const Json& value) {
  return value.contains("_type") && value.contains("subject");
}

// Gathers the envelopes of one file.
class Collector {
 public:
  absl::Status AddDocument(const Json& value, const std::string& place) {
    if (!value.is_object()) return At(place, Unknown("it is JSON, but not an object"));
    if (LooksLikeEnvelope(value)) return AddEnvelope(value, place);
    if (const auto nested = value.find("dsseEnvelope"); nested != value.end()) {
      if (!nested->is_object()) return At(place, Unknown("dsseEnvelope must be an object"));
      return AddEnvelope(*nested, place);
    }
    if (const auto list = value.find("attestations"); list != value.end() && list->is_array()) {
      return AddList(*list, place);
    }
    return At(place, WhyNot(value));
  }

  std::vector<FoundEnvelope> Take() { return std::move(found_); }

 private:
  absl::Status AddEnvelope(const Json& value, const std::string& place) {
    if (found_.size() == kMaxAttestationsInFile) {
      return Refuse(absl::StatusCode::kInvalidArgument, "TOO_MANY_ATTESTATIONS",
                    absl::StrCat("the file holds more than ", kMaxAttestationsInFile,
                                 " signed statements; split it"));
    }
    CANDOR_ASSIGN_OR_RETURN(const std::string json, FormatJson(value));
    // The log's own limit is for what is sent, without the members that are left out.
    absl::StatusOr<DsseEnvelope> envelope = ParseEnvelope(json, kMaxAttestationFileBytes);
    if (!envelope.ok()) return At(place, envelope.status());
    found_.push_back({*std::move(envelope), place});
    return absl::OkStatus();
  }

  absl::Status AddList(const Json& list, const std::string& place) {
    if (list.empty()) return At(place, Unknown("its list of attestations is empty"));
    for (size_t i = 0; i < list.size(); ++i) {
      const std::string here =
          absl::StrCat(place, place.empty() ? "" : " ", "attestations[", i, "]");
      const auto bundle = list[i].is_object() ? list[i].find("bundle") : list[i].end();
      if (bundle == list[i].end()) return At(here, Unknown("has no bundle"));
      if (bundle->is_object() && bundle->contains("attestations")) {
        return At(here, Unknown("its bundle is a list again"));
      }
      CANDOR_RETURN_IF_ERROR(AddDocument(*bundle, here));
    }
    return absl::OkStatus();
  }

  // For people who gave a file of a kind that is near, but not it.
  static absl::Status WhyNot(const Json& value) {
    if (LooksLikeStatement(value)) {
      return Refuse(absl::StatusCode::kInvalidArgument, "ATTESTATION_UNSIGNED",
                    "it is an in-toto statement that nobody signed");
    }
    if (value.contains("messageSignature")) {
      return Unknown("it is a Sigstore bundle of a bare signature: there is no statement in it");
    }
    if (value.contains("signed") && value.contains("signatures")) {
      return Unknown("it is metadata signed the old in-toto way, not a DSSE envelope");
    }
    return Unknown("it is JSON, but neither a DSSE envelope nor a Sigstore bundle");
  }

  std::vector<FoundEnvelope> found_;
};

struct Line {
  size_t number;
  std::string_view text;
};

std::vector<Line> NonEmptyLines(std::string_view bytes) {
  std::vector<Line> lines;
  for (size_t number = 1; !bytes.empty(); ++number) {
    const std::string_view text = bytes.substr(0, bytes.find('\n'));
    bytes.remove_prefix(std::min(text.size() + 1, bytes.size()));
    if (text.find_first_not_of(" \t\r") != text.npos) lines.push_back({number, text});
  }
  return lines;
}

}  // namespace

absl::StatusOr<AttestationFile> ParseAttestations(std::string_view bytes) {
  AttestationFile file;
  Collector collector;
  const std::vector<Line> lines = NonEmptyLines(bytes);
  if (lines.empty()) return Unknown("it is empty");
  // Several documents only if the first line is one by itself: else it is one that spans lines.
  const bool json_lines =
      lines.size() > 1 && ParseJson(lines[0].text, kMaxAttestationFileBytes, "line").ok();
  if (json_lines) {
    for (const Line& line : lines) {
      const std::string place = absl::StrCat("line ", line.number);
      const absl::StatusOr<Json> value = ParseJson(line.text, kMaxAttestationFileBytes, "the line");
      if (!value.ok()) return Annotate(value.status(), place);
      CANDOR_RETURN_IF_ERROR(collector.AddDocument(*value, place));
    }
  } else {
    const absl::StatusOr<Json> value = ParseJson(bytes, kMaxAttestationFileBytes, "the file");
    if (!value.ok()) return Unknown(value.status().message());
    const bool is_statement =
        value->is_object() && !LooksLikeEnvelope(*value) && LooksLikeStatement(*value);
    if (is_statement) {
      file.unsigned_statement = std::string(bytes);
      return file;
    }
    CANDOR_RETURN_IF_ERROR(collector.AddDocument(*value, ""));
  }
  file.envelopes = collector.Take();
  return file;
}

absl::Status CheckHoldsStatement(const DsseEnvelope& envelope) {
  if (envelope.payload_type != kInTotoPayloadType) {
    return Refuse(absl::StatusCode::kInvalidArgument, "PAYLOAD_TYPE_UNSUPPORTED",
                  absl::StrCat("what was signed is ", ForTerminal(envelope.payload_type, 128),
                               ", not an in-toto statement (", kInTotoPayloadType, ")"));
  }
  const absl::Status status = ParseStatement(envelope.payload, kMaxAttestationFileBytes).status();
  return Annotate(status, "what was signed is no in-toto statement");
}

absl::StatusOr<std::vector<PublicKey>> NameSigners(absl::Span<const PublicKey> keys,
                                                   DsseEnvelope* envelope) {
  std::vector<PublicKey> signers;
  if (keys.empty()) return signers;
  const std::string message = Pae(envelope->payload_type, envelope->payload);
  for (const PublicKey& key : keys) {
    for (DsseSignature& signature : envelope->signatures) {
      const absl::StatusOr<std::string> canonical =
          NormaliseSignature(key.algorithm(), signature.signature);
      if (!canonical.ok() || !key.Verify(message, *canonical).ok()) continue;
      signature.keyid = key.key_hash().hex();
      signers.push_back(key);
      break;
    }
  }
  if (!signers.empty()) return signers;
  std::vector<std::string> hashes;
  for (const PublicKey& key : keys) hashes.push_back(key.key_hash().hex());
  return Refuse(absl::StatusCode::kPermissionDenied, "SIGNATURE_INVALID",
                absl::StrCat("none of its ", envelope->signatures.size(),
                             " signatures is by the given key ", absl::StrJoin(hashes, ", ")));
}

}  // namespace candor
