// SPDX-License-Identifier: Apache-2.0
#include "log/sequencer/batch_builder.h"

#include <algorithm>
#include <utility>

#include "core/attest/admit.h"
#include "core/attest/registry.h"
#include "core/util/status_macros.h"
#include "log/sequencer/registry_digest.h"

namespace candor {

BatchBuilder::BatchBuilder(const StoredHead& head, RightEdge edge, MemoryRegistry registry)
    : head_(head),
      edge_(std::move(edge)),
      registry_(std::move(registry)),
      registry_digest_(head.registry_digest) {}

absl::Status BatchBuilder::Add(const Entry& entry, const EntryContent& content, std::string encoded,
                               const Hash& leaf_hash) {
  CANDOR_RETURN_IF_ERROR(Admit(registry_, entry, content, next_index()));
  CANDOR_ASSIGN_OR_RETURN(const RegistryDelta delta,
                          Apply(registry_, entry, content, next_index()));
  ApplyDelta(delta);
  edge_.Append(leaf_hash,
               [this](StoredTile tile) { request_.full_tiles.push_back(std::move(tile)); });
  bytes_ += encoded.size();
  request_.entries.push_back(std::move(encoded));
  request_.index_rows.push_back({entry.statement_id(), leaf_hash});
  return absl::OkStatus();
}

void BatchBuilder::ApplyDelta(const RegistryDelta& delta) {
  if (delta.rows.empty()) return;
  RegistryDigest digest(registry_digest_);
  // Row by row: a delta may name a key twice.
  for (const RegistryRow& row : delta.rows) {
    const auto old = registry_.rows().find(row.key);
    if (old != registry_.rows().end()) digest.Toggle(old->first, old->second);
    digest.Toggle(row.key, row.value);
    registry_.Commit(RegistryDelta{{row}, {}});
    request_.registry.push_back({row.key, row.value});
  }
  registry_digest_ = digest.value();
}

Batch BatchBuilder::Take() {
  Batch batch;
  batch.request = std::exchange(request_, {});
  bytes_ = 0;
  // Tiles were completed leaf by leaf; the store takes them level by level.
  std::sort(batch.request.full_tiles.begin(), batch.request.full_tiles.end(),
            [](const StoredTile& a, const StoredTile& b) { return a.id < b.id; });
  batch.request.expected = head_;
  head_ = {edge_.size(), edge_.root(), head_.sequence + 1, registry_digest_};
  batch.request.next = head_;
  batch.after = std::make_shared<const TreeState>(TreeState{head_, edge_});
  if (!batch.request.registry.empty()) {
    batch.registry = std::make_shared<const MemoryRegistry>(registry_);
  }
  return batch;
}

}  // namespace candor
