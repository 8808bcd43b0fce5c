// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"

// Facts about an error that programs need beside its reason, for example the index of an entry that
// is logged but not yet published. They travel with the status as the reason does (reason.h) and
// reach callers over every transport.

namespace candor {

// Adds a fact, or replaces it. `key` is camelCase and part of the API; `value` is text. An OK
// status stays as it is.
absl::Status WithMetadata(absl::Status status, std::string_view key, std::string_view value);

// All that WithMetadata put in, by key.
std::map<std::string, std::string> MetadataOf(const absl::Status& status);

}  // namespace candor
