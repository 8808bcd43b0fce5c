// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace candor {

// What kind of store a folder holds and whose: a small text beside the database, so that a wrong
// folder is refused before the database is touched. Three lines:
//   candor log store
//   format 1
//   origin log.example/candor
struct StoreIdentity {
  static constexpr uint64_t kFormat = 1;  // what this program writes

  uint64_t format = kFormat;
  std::string origin;

  std::string FormatText() const;
  // DATA_LOSS with reason STORE_DAMAGED when it is not such a text.
  static absl::StatusOr<StoreIdentity> ParseText(std::string_view text);
};

// OK when this program may use a store of `identity` for `origin`. FAILED_PRECONDITION with reason
// FORMAT_TOO_NEW or WRONG_ORIGIN; `folder` is for the message.
absl::Status CheckStoreIdentity(const StoreIdentity& identity, std::string_view origin,
                                std::string_view folder);

}  // namespace candor
