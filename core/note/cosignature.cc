// SPDX-License-Identifier: Apache-2.0
#include "core/note/cosignature.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/util/bytes.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

absl::Status Broken(const VerifierKey& vkey, std::string_view why) {
  return Refuse(absl::StatusCode::kPermissionDenied, "SIGNATURE_INVALID",
                absl::StrCat("the cosignature by ", vkey.name(), " ", why));
}

}  // namespace

std::string CosignatureMessage(std::string_view checkpoint_text, uint64_t unix_seconds) {
  return absl::StrCat("cosignature/v1\ntime ", unix_seconds, "\n", checkpoint_text);
}

absl::StatusOr<uint64_t> VerifyCosignature(const VerifierKey& vkey,
                                           std::string_view checkpoint_text,
                                           std::string_view signature) {
  if (vkey.type() != SignatureType::kCosignatureEd25519) {
    return Refuse(absl::StatusCode::kInvalidArgument, "SIGNATURE_TYPE_UNSUPPORTED",
                  absl::StrCat("the key of ", vkey.name(), " is not an Ed25519 cosignature key"));
  }
  if (signature.size() != kCosignatureBytes) {
    return Broken(vkey, absl::StrCat("must have ", kCosignatureBytes, " bytes"));
  }
  ByteReader reader(signature);
  CANDOR_ASSIGN_OR_RETURN(const uint64_t time, reader.U64());
  if (time > kMaxCosignatureTime) return Broken(vkey, "has a time beyond 2^63-1");
  const std::string message = CosignatureMessage(checkpoint_text, time);
  if (!vkey.public_key()->Verify(message, signature.substr(8)).ok()) {
    return Broken(vkey, "does not verify");
  }
  return time;
}

}  // namespace candor
