// SPDX-License-Identifier: Apache-2.0
#include "core/note/verify.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/note/cosignature.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {

absl::Status VerifyNoteSignature(const VerifierKey& vkey, std::string_view text,
                                 const NoteSignature& signature) {
  if (!vkey.supported()) {
    return Refuse(absl::StatusCode::kUnimplemented, "SIGNATURE_TYPE_UNSUPPORTED",
                  absl::StrCat("signatures by ", vkey.name(),
                               " have a type that this program "
                               "can not verify"));
  }
  if (vkey.type() == SignatureType::kCosignatureEd25519) {
    return VerifyCosignature(vkey, text, signature).status();
  }
  if (!vkey.public_key()->Verify(text, signature.signature).ok()) {
    return Refuse(absl::StatusCode::kPermissionDenied, "SIGNATURE_INVALID",
                  absl::StrCat("the signature by ", vkey.name(), " does not verify"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<VerifiedSignature>> VerifySignatures(
    const Note& note, absl::Span<const VerifierKey> keys) {
  std::vector<VerifiedSignature> verified;
  for (size_t s = 0; s < note.signatures.size(); ++s) {
    for (size_t k = 0; k < keys.size(); ++k) {
      if (!keys[k].supported() || !keys[k].Matches(note.signatures[s])) continue;
      CANDOR_RETURN_IF_ERROR(VerifyNoteSignature(keys[k], note.text, note.signatures[s]));
      verified.push_back({.signature_index = s, .key_index = k});
    }
  }
  return verified;
}

absl::StatusOr<OpenedNote> OpenNote(std::string_view bytes, absl::Span<const VerifierKey> keys) {
  CANDOR_ASSIGN_OR_RETURN(Note note, Note::Parse(bytes));
  CANDOR_ASSIGN_OR_RETURN(std::vector<VerifiedSignature> verified, VerifySignatures(note, keys));
  if (verified.empty()) {
    return Refuse(absl::StatusCode::kPermissionDenied, "SIGNATURE_MISSING",
                  "the note has no signature by a known key");
  }
  return OpenedNote{.note = std::move(note), .verified = std::move(verified)};
}

}  // namespace candor
