// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/merkle/tree.h"
#include "log/sequencer/log_reader.h"

namespace candor {

// The hashes of the sequenced tree as it is when they are read. A complete subtree never changes,
// so it serves every smaller size too. Thread-safe.
class SequencedHashes final : public HashReader {
 public:
  explicit SequencedHashes(const LogReader* reader) : reader_(reader) {}  // `reader` outlives this.

  absl::StatusOr<std::vector<Hash>> ReadHashes(absl::Span<const NodeId> nodes) const override;

 private:
  const LogReader* const reader_;
};

}  // namespace candor
