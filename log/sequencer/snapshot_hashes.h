// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/crypto/hash.h"
#include "core/merkle/tree.h"
#include "log/sequencer/right_edge.h"
#include "log/storage/log_store.h"

namespace candor {

// The hashes of `nodes`, from a right edge and the full tiles beside it, which are read in one go.
// `snapshot` has at least the tree of `edge`. NOT_FOUND for a node that is not complete in that
// tree.
absl::StatusOr<std::vector<Hash>> ReadSnapshotHashes(const LogSnapshot& snapshot,
                                                     const RightEdge& edge,
                                                     absl::Span<const NodeId> nodes);

}  // namespace candor
