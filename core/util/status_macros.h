// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define CANDOR_STATUS_CONCAT_INNER(a, b) a##b
#define CANDOR_STATUS_CONCAT(a, b) CANDOR_STATUS_CONCAT_INNER(a, b)

// Returns from the function when the expression (an absl::Status) is not OK.
#define CANDOR_RETURN_IF_ERROR(...)                                                            \
  do {                                                                                         \
    if (absl::Status candor_status = (__VA_ARGS__); ABSL_PREDICT_FALSE(!candor_status.ok())) { \
      return candor_status;                                                                    \
    }                                                                                          \
  } while (false)

// Evaluates the expression (an absl::StatusOr<T>), returns its status when it is not OK, and else
// moves the value into `lhs`, which may declare a variable: CANDOR_ASSIGN_OR_RETURN(auto x, F()).
#define CANDOR_ASSIGN_OR_RETURN(lhs, ...) \
  CANDOR_ASSIGN_OR_RETURN_INNER(CANDOR_STATUS_CONCAT(candor_status_or_, __LINE__), lhs, __VA_ARGS__)

#define CANDOR_ASSIGN_OR_RETURN_INNER(statusor, lhs, ...) \
  auto statusor = (__VA_ARGS__);                          \
  if (ABSL_PREDICT_FALSE(!statusor.ok())) {               \
    return std::move(statusor).status();                  \
  }                                                       \
  lhs = std::move(statusor).value()
