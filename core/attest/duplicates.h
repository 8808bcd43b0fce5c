// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/attest/entry.h"
#include "core/attest/registry.h"
#include "core/attest/resolve.h"

namespace candor {

// The duplicates rule. A submission makes a new entry only if it brings an accepted key that is not
// yet logged for its statement. Otherwise, if a key under which one of its signatures verified is
// logged for it, the answer is the first such entry's index: a retry never grows the log, even
// after a revocation. nullopt: not a duplicate (sequence `resolution.entry`, or give its refusal).
absl::StatusOr<std::optional<uint64_t>> FindDuplicate(const RegistryReader& registry,
                                                      const Resolution& resolution);

// The rule itself, for a caller that knows what is logged for the statement (entries in flight
// included). `accepted` and `verified` are key hashes.
std::optional<uint64_t> DuplicateOf(absl::Span<const LoggedKey> logged,
                                    absl::Span<const KeyHash> accepted,
                                    absl::Span<const KeyHash> verified);

}  // namespace candor
