// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/crypto/hash.h"
#include "core/note/checkpoint.h"
#include "core/note/note.h"
#include "core/note/vkey.h"

namespace candor {

// A checkpoint that this witness cosigned, as the signed note that proves it: the log's signatures
// that were verified and our own cosignature. An immutable value.
class CosignedCheckpoint {
 public:
  // Verifies our cosignature; the log's signatures were verified before it was made. A note with
  // several cosignatures by `witness` is refused. INVALID_ARGUMENT when it is no checkpoint note
  // (or too large), PERMISSION_DENIED when `witness` did not cosign it.
  static absl::StatusOr<CosignedCheckpoint> Parse(std::string_view note,
                                                  const VerifierKey& witness);

  const std::string& note() const { return note_; }
  std::string_view text() const { return std::string_view(note_).substr(0, text_bytes_); }
  const Checkpoint& checkpoint() const { return checkpoint_; }
  const Hash& origin_hash() const { return origin_hash_; }  // SHA-256 of the origin line
  const NoteSignature& cosignature() const { return cosignature_; }
  uint64_t cosigned_at() const { return cosigned_at_; }  // POSIX seconds

 private:
  CosignedCheckpoint() = default;

  std::string note_;
  size_t text_bytes_ = 0;  // the note begins with its text
  Checkpoint checkpoint_;
  Hash origin_hash_;
  NoteSignature cosignature_;
  uint64_t cosigned_at_ = 0;
};

}  // namespace candor
