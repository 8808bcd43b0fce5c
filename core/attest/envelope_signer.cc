// SPDX-License-Identifier: Apache-2.0
#include "core/attest/envelope_signer.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/crypto/signature.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

absl::Status Invalid(std::string_view message) {
  return Refuse(absl::StatusCode::kInvalidArgument, "ENVELOPE_INVALID", message);
}

absl::Status CheckKeys(absl::Span<const PrivateKey* const> keys) {
  if (keys.empty()) return Invalid("an envelope needs at least one signing key");
  for (size_t i = 0; i < keys.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (keys[i]->public_key() == keys[j]->public_key()) {
        return Invalid(absl::StrCat("the signing key ", keys[i]->public_key().key_hash().hex(),
                                    " is given twice"));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status AddSignatures(DsseEnvelope& envelope, absl::Span<const PrivateKey* const> keys) {
  CANDOR_RETURN_IF_ERROR(CheckKeys(keys));
  std::string message = Pae(envelope.payload_type, envelope.payload);
  std::vector<DsseSignature> signatures = envelope.signatures;
  for (const PrivateKey* key : keys) {
    DsseSignature added{.keyid = key->public_key().key_hash().hex(), .signature = {}};
    CANDOR_ASSIGN_OR_RETURN(const std::string canonical, key->Sign(message));
    added.signature = SignatureForOthers(key->algorithm(), canonical);
    auto same = std::find_if(signatures.begin(), signatures.end(),
                             [&](const DsseSignature& s) { return s.keyid == added.keyid; });
    if (same != signatures.end()) {
      *same = std::move(added);
    } else {
      signatures.push_back(std::move(added));
    }
  }
  if (signatures.size() > kMaxEnvelopeSignatures) {
    return Invalid(absl::StrCat("the envelope would have ", signatures.size(),
                                " signatures; the limit is ", kMaxEnvelopeSignatures));
  }
  envelope.signatures = std::move(signatures);
  return absl::OkStatus();
}

absl::StatusOr<DsseEnvelope> SignEnvelope(std::string_view payload_type, std::string_view payload,
                                          absl::Span<const PrivateKey* const> keys) {
  DsseEnvelope envelope{
      .payload_type = std::string(payload_type), .payload = std::string(payload), .signatures = {}};
  CANDOR_RETURN_IF_ERROR(AddSignatures(envelope, keys));
  CANDOR_RETURN_IF_ERROR(FormatEnvelope(envelope).status());
  return envelope;
}

}  // namespace candor
