// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace candor {

// The largest DSSE envelope that a log accepts, as JSON.
inline constexpr size_t kMaxEnvelopeJsonBytes = 128 * 1024;

// A log, over whichever transport. Nothing that it answers is verified here: callers do. Errors
// carry the log's code, reason and sentence; UNAVAILABLE and RESOURCE_EXHAUSTED may carry a delay
// (RetryAfterOf in base/http_status.h). Every call ends within its timeout. Thread-safe.
class LogClient {
 public:
  virtual ~LogClient() = default;

  // Submits an envelope and waits until a witnessed checkpoint covers it; answers the text of the
  // tlog-proof. Safe to repeat. INVALID_ARGUMENT (reason ENVELOPE_TOO_LARGE) beyond
  // kMaxEnvelopeJsonBytes, without asking the log.
  virtual absl::StatusOr<std::string> Add(std::string_view envelope_json,
                                          absl::Duration timeout) = 0;

  // The newest published checkpoint, a signed note.
  virtual absl::StatusOr<std::string> GetCheckpoint(absl::Duration timeout) = 0;

  // The bytes of one published entry. NOT_FOUND or OUT_OF_RANGE when there is none.
  virtual absl::StatusOr<std::string> GetEntry(uint64_t index, absl::Duration timeout) = 0;

  // Where it goes, for messages.
  virtual std::string_view url() const = 0;
};

// INVALID_ARGUMENT when the envelope is too large for any log.
absl::Status CheckEnvelopeSize(std::string_view envelope_json);

}  // namespace candor
