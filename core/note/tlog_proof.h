// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/crypto/hash.h"

namespace candor {

// A proof file: an entry of the largest size in the extra line, 63 hashes and the largest
// checkpoint.
inline constexpr size_t kMaxTlogProofBytes = 256 * 1024;
inline constexpr size_t kMaxProofHashes = 63;

// A transparency log proof (C2SP tlog-proof). Parsing checks the form, also of the checkpoint, and
// that the index lies in its tree; it verifies no signature and no hash. Format(Parse(x)) == x for
// every x that parses.
struct TlogProof {
  std::optional<std::string> extra;  // opaque bytes, not authenticated; never empty when present
  uint64_t index = 0;                // of the entry, from 0
  std::vector<Hash> proof;           // from the leaf's sibling up, at most kMaxProofHashes
  std::string checkpoint;            // the whole signed note, verbatim

  // INVALID_ARGUMENT "TLOG_PROOF_MALFORMED" (or a reason of Note's and Checkpoint's).
  static absl::StatusOr<TlogProof> Parse(std::string_view bytes);

  // An empty `extra` is left out, as the standard asks.
  std::string Format() const;

  bool operator==(const TlogProof&) const = default;
};

}  // namespace candor
