// SPDX-License-Identifier: Apache-2.0
#include "client/proof_extra.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/util/reason.h"

namespace candor {

std::string MakeProofExtra(std::string_view entry) {
  return absl::StrCat(std::string(1, static_cast<char>(kProofExtraEntry)), entry);
}

absl::StatusOr<std::string_view> EntryOfProof(const TlogProof& proof) {
  if (!proof.extra || proof.extra->size() < 2) {
    return Refuse(absl::StatusCode::kInvalidArgument, "PROOF_EXTRA_MISSING",
                  "the proof's extra line holds no entry");
  }
  const auto format = static_cast<uint8_t>(proof.extra->front());
  if (format != kProofExtraEntry) {
    return Refuse(absl::StatusCode::kUnimplemented, "PROOF_FORMAT_UNSUPPORTED",
                  absl::StrCat("the proof's extra line has format ", format,
                               ", this program knows format 1; a newer candor may read it"));
  }
  return std::string_view(*proof.extra).substr(1);
}

}  // namespace candor
