// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/participants.h"
#include "core/attest/content.h"
#include "core/attest/entry.h"

namespace candor {

// A pinned participant with those of its keys that verifiably signed an entry.
struct PinnedSigner {
  const PinnedParticipant* participant = nullptr;  // points into the Participants
  std::vector<std::string> key_names;
};

// Who of the participants signed, whether by enough keys or not; may be empty. PERMISSION_DENIED
// with reason SIGNATURE_INVALID when any pinned key's signature does not verify: such an entry is
// not what it claims to be, whoever else signed it.
absl::StatusOr<std::vector<PinnedSigner>> FindPinnedSigners(const Entry& entry,
                                                            std::string_view payload,
                                                            const Participants& participants);

// Whether a participant's word counts for this statement. PERMISSION_DENIED with reason
// KIND_NOT_ACCEPTED, PRODUCT_NOT_NAMED or PRODUCT_NOT_ALLOWED.
absl::Status CheckPinnedScope(const PinnedParticipant& participant, const EntryContent& content);

}  // namespace candor
