// SPDX-License-Identifier: Apache-2.0
#include "core/attest/dsse.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/attest/json.h"
#include "core/attest/json_fields.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr std::string_view kReason = "ENVELOPE_INVALID";

absl::Status CheckSignatureCount(size_t count) {
  if (count == 0) {
    return Refuse(absl::StatusCode::kInvalidArgument, kReason,
                  "signatures is empty; sign the envelope first");
  }
  if (count > kMaxEnvelopeSignatures) {
    return Refuse(
        absl::StatusCode::kInvalidArgument, "TOO_MANY_SIGNATURES",
        absl::StrCat("signatures has ", count, " elements; the limit is ", kMaxEnvelopeSignatures));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> DecodeMember(const JsonFields& fields, std::string_view name,
                                         size_t max_bytes) {
  const Json* value = fields.Find(name);
  if (value == nullptr || !value->is_string()) return fields.Error(name, "must be a base64 string");
  absl::StatusOr<std::string> bytes = Base64DecodeDsse(value->get_ref<const std::string&>());
  if (!bytes.ok()) return fields.Error(name, "is not base64 (standard or URL-safe)");
  if (bytes->size() > max_bytes) {
    return fields.Error(name,
                        absl::StrCat("has ", bytes->size(), " bytes; the limit is ", max_bytes));
  }
  return bytes;
}

absl::StatusOr<DsseSignature> ParseSignature(const Json& value, size_t position) {
  CANDOR_ASSIGN_OR_RETURN(
      JsonFields fields,
      JsonFields::Of(value, absl::StrCat("signatures[", position, "]"), kReason));
  DsseSignature signature;
  CANDOR_ASSIGN_OR_RETURN(signature.keyid, fields.OptionalString("keyid", kMaxKeyIdBytes));
  CANDOR_ASSIGN_OR_RETURN(signature.signature, DecodeMember(fields, "sig", kMaxRawSignatureBytes));
  if (signature.signature.empty()) return fields.Error("sig", "is empty");
  return signature;
}

}  // namespace

absl::Status CheckPayloadType(std::string_view type) {
  bool printable =
      std::all_of(type.begin(), type.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
  if (!type.empty() && type.size() <= kMaxPayloadTypeBytes && printable) return absl::OkStatus();
  return Refuse(absl::StatusCode::kInvalidArgument, "PAYLOAD_TYPE_INVALID",
                absl::StrCat("the payload type must be 1 to ", kMaxPayloadTypeBytes,
                             " printable ASCII characters"));
}

absl::StatusOr<DsseEnvelope> ParseEnvelope(std::string_view json, size_t max_bytes) {
  CANDOR_ASSIGN_OR_RETURN(Json document, ParseJson(json, max_bytes, "the envelope"));
  if (!document.is_object()) {
    return Refuse(absl::StatusCode::kInvalidArgument, kReason,
                  "the envelope must be a JSON object");
  }
  CANDOR_ASSIGN_OR_RETURN(JsonFields fields, JsonFields::Of(document, "", kReason));
  DsseEnvelope envelope;
  CANDOR_ASSIGN_OR_RETURN(envelope.payload_type, fields.String("payloadType", 0, max_bytes));
  CANDOR_RETURN_IF_ERROR(CheckPayloadType(envelope.payload_type));
  CANDOR_ASSIGN_OR_RETURN(envelope.payload, DecodeMember(fields, "payload", max_bytes));
  CANDOR_ASSIGN_OR_RETURN(const Json* signatures, fields.Array("signatures", 0, max_bytes));
  CANDOR_RETURN_IF_ERROR(CheckSignatureCount(signatures->size()));
  for (const Json& value : *signatures) {
    CANDOR_ASSIGN_OR_RETURN(DsseSignature signature,
                            ParseSignature(value, envelope.signatures.size()));
    envelope.signatures.push_back(std::move(signature));
  }
  return envelope;
}

absl::StatusOr<std::string> FormatEnvelope(const DsseEnvelope& envelope) {
  CANDOR_RETURN_IF_ERROR(CheckPayloadType(envelope.payload_type));
  CANDOR_RETURN_IF_ERROR(CheckSignatureCount(envelope.signatures.size()));
  Json signatures = Json::array();
  for (const DsseSignature& signature : envelope.signatures) {
    if (signature.signature.empty() || signature.signature.size() > kMaxRawSignatureBytes ||
        signature.keyid.size() > kMaxKeyIdBytes) {
      return Refuse(absl::StatusCode::kInvalidArgument, kReason,
                    absl::StrCat("signatures[", signatures.size(),
                                 "] has an empty or too long sig or keyid"));
    }
    Json element = Json::object();
    element["sig"] = Base64Encode(signature.signature);
    if (!signature.keyid.empty()) element["keyid"] = signature.keyid;
    signatures.push_back(std::move(element));
  }
  return FormatJson({{"payloadType", envelope.payload_type},
                     {"payload", Base64Encode(envelope.payload)},
                     {"signatures", std::move(signatures)}});
}

std::string Pae(std::string_view payload_type, std::string_view payload) {
  return absl::StrCat("DSSEv1 ", payload_type.size(), " ", payload_type, " ", payload.size(), " ",
                      payload);
}

}  // namespace candor
