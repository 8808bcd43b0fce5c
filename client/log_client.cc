// SPDX-License-Identifier: Apache-2.0
#include "client/log_client.h"

#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/util/reason.h"

namespace candor {

absl::Status CheckEnvelopeSize(std::string_view envelope_json) {
  if (envelope_json.size() <= kMaxEnvelopeJsonBytes) return absl::OkStatus();
  return Refuse(absl::StatusCode::kInvalidArgument, "ENVELOPE_TOO_LARGE",
                absl::StrCat("the signed envelope has ", envelope_json.size(),
                             " bytes, a log accepts at most ", kMaxEnvelopeJsonBytes,
                             "; publish fewer artifacts in one statement"));
}

}  // namespace candor
