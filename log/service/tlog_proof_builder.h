// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "log/publisher/publish_waiters.h"
#include "log/sequencer/log_reader.h"

namespace candor {

// The first byte of a proof's extra data: the canonical entry follows.
inline constexpr char kProofExtraEntry = 0x01;

// The C2SP tlog-proof of the entry at `index` in the tree of `published`, which covers it. The
// extra line is kProofExtraEntry and the canonical entry, so that the file stands alone. The proof
// is verified before it is handed out: DATA_LOSS (reason PROOF_MISMATCH) when the store does not
// lead to the checkpoint. Reads the store.
absl::StatusOr<std::string> BuildTlogProof(const LogReader& reader, uint64_t index,
                                           const PublishedCheckpoint& published);

}  // namespace candor
