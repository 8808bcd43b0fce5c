// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/note/tlog_proof.h"

namespace candor {

// The `extra` line of Candor's tlog-proof files: one format byte, then, for format 1, the canonical
// entry (core/attest/entry.h).
inline constexpr uint8_t kProofExtraEntry = 0x01;

std::string MakeProofExtra(std::string_view entry);

// The bytes of the entry, a view into `proof`. INVALID_ARGUMENT with reason PROOF_EXTRA_MISSING
// when there is no extra line or no entry in it; UNIMPLEMENTED with reason PROOF_FORMAT_UNSUPPORTED
// for another format byte.
absl::StatusOr<std::string_view> EntryOfProof(const TlogProof& proof);

}  // namespace candor
