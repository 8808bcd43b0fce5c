// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

// A refusal is a status with a machine-readable reason beside its sentence: people read the
// message, programs branch on the reason, and both travel through every layer and transport.

namespace candor {

// Builds a refusal. `code` is not OK; `reason` is UPPER_SNAKE_CASE and part of the API;
// `message` is one lower-case sentence that names the field and the limit.
absl::Status Refuse(absl::StatusCode code, std::string_view reason, std::string_view message);

// The reason that Refuse put in, or "" when the status carries none (or is OK).
std::string ReasonOf(const absl::Status& status);

// The same code and reason (and every other payload), the message preceded by "prefix: ".
// An OK status stays as it is.
absl::Status Annotate(const absl::Status& status, std::string_view prefix);

}  // namespace candor
