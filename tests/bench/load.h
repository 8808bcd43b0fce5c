// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace candor {

struct LoadOptions {
  std::string target;     // host:port of the log's gRPC, without TLS
  size_t in_flight = 64;  // calls at a time
  bool wait_for_published = false;
  std::string
      acknowledged_file;  // if not empty: a line "index leaf-hash" for each answer, appended
};

struct LoadResult {
  size_t acknowledged = 0;
  size_t failed = 0;
  absl::Status first_failure;
  absl::Duration elapsed;
  std::vector<absl::Duration> latencies;  // ascending, of the acknowledged
};

// Submits every envelope once, keeping `in_flight` calls under way, and stops at the first failure.
LoadResult RunLoad(const LoadOptions& options, const std::vector<std::string>& envelopes);

// Reads a file that RunLoad wrote and asks the log for every entry in it: its leaf hash must be the
// one that was acknowledged. Answers how many were checked. DATA_LOSS names the first that is gone
// or different. A line that a crash cut short is not an acknowledgement.
absl::StatusOr<size_t> CheckAcknowledged(const std::string& target, const std::string& file);

}  // namespace candor
