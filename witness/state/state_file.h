// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace candor {

// A small file beside the database that says what the folder holds and whose it is, so that a wrong
// folder is refused before the database is touched, and how many writes the database must hold, so
// that one which lost its newest writes is noticed. Four lines:
//   candor witness state
//   format 1
//   witness <vkey>
//   writes 42
struct StateFile {
  static constexpr uint64_t kFormat = 1;  // what this program reads and writes

  uint64_t format = kFormat;
  std::string witness;  // the witness's vkey
  uint64_t writes = 0;  // since the folder was made

  std::string FormatText() const;

  // DATA_LOSS "STATE_DAMAGED" unless it is such a text, exactly; FAILED_PRECONDITION
  // "FORMAT_TOO_NEW" when a later program wrote it.
  static absl::StatusOr<StateFile> ParseText(std::string_view text);
};

// DATA_LOSS "STATE_DAMAGED", with what to do about it.
absl::Status StateDamaged(std::string_view what);

}  // namespace candor
