// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "log/publisher/witness_link.h"

namespace candor {

struct WitnessHealth {
  std::string name;  // the policy's
  WitnessState state = WitnessState::kUntried;
  std::string error;             // words about the last failure, else empty
  std::optional<uint64_t> size;  // what it is known to have cosigned
};

// What the publisher can say about itself, as of its last step.
struct PublisherHealth {
  // Whether a new entry would be published now, as far as is known.
  bool ok = false;
  // Why not, in one sentence for an operator; empty when ok.
  std::string problem;

  uint64_t sequenced_size = 0;
  uint64_t signed_size = 0;
  uint64_t published_size = 0;                     // 0: nothing is published yet
  absl::Time published_at = absl::InfinitePast();  // by this process
  std::vector<WitnessHealth> witnesses;            // in the order of the policy
};

// "only 1 of 3 witnesses answered; the policy needs 2: w2 did not answer: ...; w3 ...". `needed` is
// the size of the smallest quorum, when that is known.
std::string QuorumProblem(const std::vector<WitnessHealth>& witnesses,
                          std::optional<size_t> needed);

}  // namespace candor
