// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "core/crypto/hash.h"

namespace candor {

struct AddResult {
  uint64_t index = 0;
  Hash leaf_hash;
  Hash statement_id;
  bool duplicate = false;  // an earlier entry answers this submission
  uint64_t tree_size = 0;  // of a durable tree that covers the entry
};

// Called exactly once, with no lock held: from Add itself when it refuses at once, otherwise from a
// thread of the sequencer's. Must be quick and must not call Stop.
using AddCallback = absl::AnyInvocable<void(absl::StatusOr<AddResult>) &&>;

// A callback and what it gets.
struct Answer {
  AddCallback callback;
  absl::StatusOr<AddResult> result;
};

}  // namespace candor
