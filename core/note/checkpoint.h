// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/crypto/hash.h"
#include "core/note/note.h"
#include "core/note/verify.h"
#include "core/note/vkey.h"

namespace candor {

// The text of a checkpoint (C2SP tlog-checkpoint): origin, size, root, and opaque extension lines.
// FormatText(ParseText(x)) == x for every x that parses.
struct Checkpoint {
  std::string origin;
  uint64_t tree_size = 0;
  Hash root;
  std::vector<std::string> extensions;

  // INVALID_ARGUMENT "CHECKPOINT_MALFORMED" (or NOTE_TEXT_INVALID). A size of 0 with a root that is
  // not the hash of the empty string parses: judging it is the reader's part.
  static absl::StatusOr<Checkpoint> ParseText(std::string_view text);

  // The canonical text. The lines must not be empty or hold newlines: take the origin from
  // CheckCheckpointOrigin.
  std::string FormatText() const;

  bool operator==(const Checkpoint&) const = default;
};

// OK if `origin` may name a log of ours: a key name (signed-note) of at most 255 bytes, so that
// every signature type can carry it. Checkpoints of other logs parse with any non-empty origin
// line.
absl::Status CheckCheckpointOrigin(std::string_view origin);

// A checkpoint whose log signature was verified.
struct SignedCheckpoint {
  Checkpoint checkpoint;
  Note note;                                      // as it came, all signatures
  std::vector<VerifiedSignature> log_signatures;  // at least one; key_index counts in `log_keys`
};

// Parses a checkpoint note and verifies it under the keys of `log_keys` that are named as its
// origin.
//   INVALID_ARGUMENT    "NOTE_MALFORMED", "CHECKPOINT_MALFORMED", …
//   NOT_FOUND           "ORIGIN_UNKNOWN": no key of that name
//   PERMISSION_DENIED   "SIGNATURE_MISSING": none of them signed; "SIGNATURE_INVALID": one of them
//                       seems to have signed but the signature does not verify
absl::StatusOr<SignedCheckpoint> OpenCheckpoint(std::string_view note,
                                                absl::Span<const VerifierKey> log_keys);

}  // namespace candor
