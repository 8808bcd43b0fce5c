// SPDX-License-Identifier: Apache-2.0
#include "log/sequencer/genesis/genesis.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/attest/entry.h"
#include "core/attest/memory_registry.h"
#include "core/attest/resolve.h"
#include "core/merkle/hasher.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"
#include "log/sequencer/batch_builder.h"
#include "log/sequencer/committer.h"
#include "log/sequencer/right_edge.h"

namespace candor {

absl::StatusOr<StoredHead> CreateLog(LogStore& store, std::string_view origin,
                                     const DsseEnvelope& envelope) {
  StoredHead head;
  {
    CANDOR_ASSIGN_OR_RETURN(const auto snapshot, store.GetSnapshot());
    head = snapshot->head();
  }
  if (head.tree_size != 0) {
    return Refuse(absl::StatusCode::kAlreadyExists, "LOG_EXISTS",
                  absl::StrCat("the log already has ", head.tree_size, " entries"));
  }
  MemoryRegistry registry(std::string(origin), /*track_logged=*/false);
  CANDOR_ASSIGN_OR_RETURN(const Resolution resolution, Resolve(envelope, registry));
  if (!resolution.entry.has_value()) return resolution.refusal;
  std::string encoded = EncodeEntry(*resolution.entry);
  const Hash leaf_hash = LeafHash(encoded);
  BatchBuilder builder(head, RightEdge(), std::move(registry));
  CANDOR_RETURN_IF_ERROR(
      builder.Add(*resolution.entry, resolution.content, std::move(encoded), leaf_hash));
  const Batch batch = builder.Take();
  if (absl::Status status = CommitAppend(store, batch.request); !status.ok()) {
    return Refuse(absl::StatusCode::kUnavailable, "APPEND_UNKNOWN",
                  absl::StrCat("entry 0 may not be durable: ", status.message()));
  }
  return batch.request.next;
}

}  // namespace candor
