// SPDX-License-Identifier: Apache-2.0
#include "base/signal.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>

#include "base/io.h"

namespace candor {

absl::StatusOr<std::unique_ptr<ShutdownSignal>> ShutdownSignal::Create() {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  const int error = pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  if (error != 0) return ErrnoStatus(error, "block", "signals");
  const int signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signal_fd < 0) return ErrnoStatus(errno, "open", "a signal descriptor");
  const int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE);
  if (wake_fd < 0) {
    const int wake_error = errno;
    close(signal_fd);
    return ErrnoStatus(wake_error, "open", "an event descriptor");
  }
  return std::unique_ptr<ShutdownSignal>(new ShutdownSignal(signal_fd, wake_fd));
}

ShutdownSignal::~ShutdownSignal() {
  close(signal_fd_);
  close(wake_fd_);
}

int ShutdownSignal::Wait() {
  while (true) {
    pollfd polled[2] = {{signal_fd_, POLLIN, 0}, {wake_fd_, POLLIN, 0}};
    if (poll(polled, 2, -1) < 0) continue;  // interrupted
    signalfd_siginfo info;
    if (read(signal_fd_, &info, sizeof(info)) == sizeof(info)) {
      return static_cast<int>(info.ssi_signo);
    }
    uint64_t count = 0;
    if (read(wake_fd_, &count, sizeof(count)) == sizeof(count)) return 0;
  }
}

void ShutdownSignal::Wake() {
  const uint64_t one = 1;
  // Fails only when 2^64 wake-ups are pending.
  [[maybe_unused]] const ssize_t written = write(wake_fd_, &one, sizeof(one));
}

}  // namespace candor
