// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/crypto/private_key.h"

namespace candor {

// Signed release statements, all different: DSSE envelopes as JSON, of about 1 KB. `run` makes them
// differ from those of another call.
absl::StatusOr<std::vector<std::string>> MakeReleaseEnvelopes(const PrivateKey& key,
                                                              std::string_view purl_prefix,
                                                              std::string_view run, size_t count);

}  // namespace candor
