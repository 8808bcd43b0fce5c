// SPDX-License-Identifier: Apache-2.0
#include "core/note/signer.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "core/note/checkpoint.h"
#include "core/note/cosignature.h"
#include "core/note/key_name.h"
#include "core/util/bytes.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

NoteSignature SignatureBy(const VerifierKey& vkey, std::string signature) {
  return {.name = vkey.name(), .key_id = vkey.key_id(), .signature = std::move(signature)};
}

}  // namespace

NoteSigner::NoteSigner(VerifierKey vkey, PrivateKey key)
    : vkey_(std::move(vkey)), key_(std::move(key)) {}

absl::StatusOr<NoteSigner> NoteSigner::Create(std::string_view name, PrivateKey key) {
  CANDOR_ASSIGN_OR_RETURN(VerifierKey vkey,
                          VerifierKey::Create(name, SignatureType::kEd25519, key.public_key()));
  return NoteSigner(std::move(vkey), std::move(key));
}

absl::StatusOr<NoteSignature> NoteSigner::Sign(std::string_view text) const {
  CANDOR_RETURN_IF_ERROR(CheckNoteCharacters(text, "the text to sign"));
  if (text.empty() || text.back() != '\n') {
    return Refuse(absl::StatusCode::kInvalidArgument, "NOTE_TEXT_INVALID",
                  "the text to sign must end with a newline");
  }
  CANDOR_ASSIGN_OR_RETURN(std::string signature, key_.Sign(text));
  return SignatureBy(vkey_, std::move(signature));
}

Cosigner::Cosigner(VerifierKey vkey, PrivateKey key)
    : vkey_(std::move(vkey)), key_(std::move(key)) {}

absl::StatusOr<Cosigner> Cosigner::Create(std::string_view name, PrivateKey key) {
  CANDOR_ASSIGN_OR_RETURN(
      VerifierKey vkey,
      VerifierKey::Create(name, SignatureType::kCosignatureEd25519, key.public_key()));
  return Cosigner(std::move(vkey), std::move(key));
}

absl::StatusOr<NoteSignature> Cosigner::Cosign(std::string_view checkpoint_text,
                                               uint64_t unix_seconds) const {
  CANDOR_RETURN_IF_ERROR(Checkpoint::ParseText(checkpoint_text).status());
  if (unix_seconds == 0 || unix_seconds > kMaxCosignatureTime) {
    return Refuse(absl::StatusCode::kInvalidArgument, "COSIGNATURE_TIME_INVALID",
                  "the time of a cosignature must lie in 1 .. 2^63-1 seconds");
  }
  CANDOR_ASSIGN_OR_RETURN(const std::string signature,
                          key_.Sign(CosignatureMessage(checkpoint_text, unix_seconds)));
  ByteWriter writer;
  writer.U64(unix_seconds);
  writer.Bytes(signature);
  return SignatureBy(vkey_, std::move(writer).Take());
}

}  // namespace candor
