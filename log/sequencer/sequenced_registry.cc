// SPDX-License-Identifier: Apache-2.0
#include "log/sequencer/sequenced_registry.h"

namespace candor {

absl::StatusOr<std::vector<LoggedKey>> SequencedRegistry::FindLogged(
    const Hash& statement_id) const {
  return lookup_->FindLogged(statement_id, kWholeLog);
}

}  // namespace candor
