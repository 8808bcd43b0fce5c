// SPDX-License-Identifier: Apache-2.0
#include "log/publisher/sequenced_hashes.h"

#include <memory>

#include "core/util/status_macros.h"

namespace candor {

absl::StatusOr<std::vector<Hash>> SequencedHashes::ReadHashes(
    absl::Span<const NodeId> nodes) const {
  CANDOR_ASSIGN_OR_RETURN(const std::unique_ptr<HashReader> hashes,
                          reader_->Hashes(reader_->head().tree_size));
  return hashes->ReadHashes(nodes);
}

}  // namespace candor
