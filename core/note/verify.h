// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/note/note.h"
#include "core/note/vkey.h"

namespace candor {

// Verifies one signature over a note's text under a key whose name and key id it carries. Types
// 0x01 (plain) and 0x04 (cosignature/v1) are understood. PERMISSION_DENIED "SIGNATURE_INVALID" if
// it does not verify, UNIMPLEMENTED "SIGNATURE_TYPE_UNSUPPORTED" for a key of another type.
absl::Status VerifyNoteSignature(const VerifierKey& vkey, std::string_view text,
                                 const NoteSignature& signature);

// A signature that verified: signatures[signature_index] by keys[key_index].
struct VerifiedSignature {
  size_t signature_index = 0;
  size_t key_index = 0;

  bool operator==(const VerifiedSignature&) const = default;
};

// Verifies every signature that carries the name and key id of one of `keys` and ignores all others
// (C2SP signed-note, "Signatures"), in the order of the note. Keys of unsupported types count as
// unknown. One known key whose signature does not verify rejects the whole note, also when the
// other signatures are good: PERMISSION_DENIED "SIGNATURE_INVALID". An empty result is not an error
// here.
absl::StatusOr<std::vector<VerifiedSignature>> VerifySignatures(const Note& note,
                                                                absl::Span<const VerifierKey> keys);

struct OpenedNote {
  Note note;
  std::vector<VerifiedSignature> verified;  // at least one
};

// Parses a note and verifies it; at least one of `keys` must have signed it, or the answer is
// PERMISSION_DENIED "SIGNATURE_MISSING".
absl::StatusOr<OpenedNote> OpenNote(std::string_view bytes, absl::Span<const VerifierKey> keys);

}  // namespace candor
