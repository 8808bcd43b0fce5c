// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "core/note/policy.h"

namespace candor {

// How many witnesses the smallest set has that meets the policy's quorum, for messages. nullopt
// when no set does, or when there are more than 12 witnesses (it tries all sets).
std::optional<size_t> SmallestQuorum(const Policy& policy);

}  // namespace candor
