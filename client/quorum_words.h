// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/note/policy.h"

namespace candor {

// What a policy asks of witnesses, in words: "no witness", "at least 2 of w1, w2, w3" (the fewest
// that can meet it; groups may ask for particular ones).
std::string QuorumWords(const Policy& policy);

}  // namespace candor
