// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "log/publisher/checkpoint_keeper.h"
#include "log/storage/checkpoint_file.h"
#include "log/storage/checkpoint_store.h"

namespace candor {

// Keeps checkpoints in the checkpoint file and in the store, in this order: what the store knows
// the file knows too, so a file that is behind the store is a lost or foreign file. One writer.
class StoreCheckpointKeeper final : public CheckpointKeeper {
 public:
  // Both outlive this.
  StoreCheckpointKeeper(CheckpointFile* file, CheckpointStore* store)
      : file_(file), store_(store) {}

  absl::Status KeepSigned(uint64_t tree_size, const std::string& note) override;
  absl::Status KeepPublished(uint64_t tree_size, const std::string& note) override;

 private:
  CheckpointFile* const file_;
  CheckpointStore* const store_;
};

}  // namespace candor
