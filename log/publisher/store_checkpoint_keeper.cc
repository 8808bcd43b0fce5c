// SPDX-License-Identifier: Apache-2.0
#include "log/publisher/store_checkpoint_keeper.h"

#include "core/util/status_macros.h"

namespace candor {

absl::Status StoreCheckpointKeeper::KeepSigned(uint64_t tree_size, const std::string& note) {
  CANDOR_RETURN_IF_ERROR(file_->Write(note));
  return store_->PutSigned(tree_size, note);
}

absl::Status StoreCheckpointKeeper::KeepPublished(uint64_t tree_size, const std::string& note) {
  return store_->PutPublished(tree_size, note);
}

}  // namespace candor
