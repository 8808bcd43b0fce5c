// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/attest/statement.h"
#include "nlohmann/json_fwd.hpp"

namespace candor {

// Serialises a Statement v1: the payload to sign. Compact and deterministic. INVALID_ARGUMENT when
// the result would not parse, or `predicate` is not an object.
absl::StatusOr<std::string> BuildStatement(absl::Span<const Subject> subjects,
                                           std::string_view predicate_type,
                                           const nlohmann::json& predicate);

// A release statement (in-toto release v0.1) that passes CheckSubmission: subjects are the files,
// with sha256 and better also sha512; `purl` names the release and has a version. The purl is
// written in canonical form.
absl::StatusOr<std::string> BuildReleaseStatement(absl::Span<const Subject> subjects,
                                                  std::string_view purl);

}  // namespace candor
