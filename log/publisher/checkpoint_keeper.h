// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace candor {

// Where the log's checkpoints survive a crash. Called by one thread at a time.
class CheckpointKeeper {
 public:
  virtual ~CheckpointKeeper() = default;

  // On OK the signed checkpoint is durable twice: in the synced file outside of the store and in
  // the store. Only then may it leave the process. After an error it may be durable all the same.
  virtual absl::Status KeepSigned(uint64_t tree_size, const std::string& note) = 0;

  // On OK the published checkpoint (with its cosignatures) is durable.
  virtual absl::Status KeepPublished(uint64_t tree_size, const std::string& note) = 0;
};

}  // namespace candor
