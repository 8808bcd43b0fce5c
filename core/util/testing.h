// SPDX-License-Identifier: Apache-2.0
//
// For the set-up of tests, where a failure leaves nothing to go on with.

#pragma once

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace candor {

// Aborts with the error unless it is OK.
inline void Must(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "test setup failed: %s\n", status.ToString().c_str());
  std::abort();
}

// The value; aborts with the error when there is none.
template <typename T>
T Must(absl::StatusOr<T> value) {
  Must(value.status());
  return *std::move(value);
}

}  // namespace candor
