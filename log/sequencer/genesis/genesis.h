// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "core/attest/dsse.h"
#include "log/storage/log_store.h"

namespace candor {

// Begins a log: verifies and admits the signed log-config `envelope` as entry 0 and appends it to
// the empty store, durable on OK. Returns the head of the log of one entry.
//   ALREADY_EXISTS "LOG_EXISTS"   the store has entries
//   what Resolve and Admit say    FIRST_ENTRY_NOT_CONFIG, WRONG_LOG, THRESHOLD_NOT_MET, ...
//   UNAVAILABLE "APPEND_UNKNOWN"  open the store again and see whether it is empty
absl::StatusOr<StoredHead> CreateLog(LogStore& store, std::string_view origin,
                                     const DsseEnvelope& envelope);

}  // namespace candor
