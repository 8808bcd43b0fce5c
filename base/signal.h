// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <memory>

#include "absl/status/statusor.h"

namespace candor {

// Lets main wait for SIGTERM or SIGINT. Create it before any other thread starts: the signals are
// blocked in the calling thread and so in all threads that it starts later. SIGPIPE is ignored, so
// that a peer that goes away is an error of one write and not the end of the process.
class ShutdownSignal {
 public:
  static absl::StatusOr<std::unique_ptr<ShutdownSignal>> Create();
  ~ShutdownSignal();
  ShutdownSignal(const ShutdownSignal&) = delete;
  ShutdownSignal& operator=(const ShutdownSignal&) = delete;

  // Blocks until a signal arrives or Wake is called; answers the signal's number, 0 for Wake. A
  // second signal can be waited for too (to hurry a slow stop).
  int Wait();
  // Ends one Wait. Thread-safe.
  void Wake();

 private:
  ShutdownSignal(int signal_fd, int wake_fd) : signal_fd_(signal_fd), wake_fd_(wake_fd) {}
  const int signal_fd_;
  const int wake_fd_;
};

}  // namespace candor
