// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/note/note.h"
#include "core/note/vkey.h"

namespace candor {

// The largest time a cosignature may carry, in POSIX seconds (C2SP tlog-cosignature, "Format").
inline constexpr uint64_t kMaxCosignatureTime = (uint64_t{1} << 63) - 1;

// u64 timestamp, then the 64-byte Ed25519 signature.
inline constexpr size_t kCosignatureBytes = 8 + 64;

// The message an Ed25519 cosignature signs: "cosignature/v1\ntime <t>\n" and the whole note text.
std::string CosignatureMessage(std::string_view checkpoint_text, uint64_t unix_seconds);

// Verifies a cosignature of type 0x04 by `vkey` over checkpoint text and answers its timestamp in
// POSIX seconds. `signature` is NoteSignature::signature (72 bytes). A timestamp of 0 verifies: it
// states no time. PERMISSION_DENIED "SIGNATURE_INVALID" if it does not verify, has another length
// or a time beyond kMaxCosignatureTime; INVALID_ARGUMENT if `vkey` is not of type 0x04.
absl::StatusOr<uint64_t> VerifyCosignature(const VerifierKey& vkey,
                                           std::string_view checkpoint_text,
                                           std::string_view signature);

inline absl::StatusOr<uint64_t> VerifyCosignature(const VerifierKey& vkey,
                                                  std::string_view checkpoint_text,
                                                  const NoteSignature& signature) {
  return VerifyCosignature(vkey, checkpoint_text, std::string_view(signature.signature));
}

}  // namespace candor
