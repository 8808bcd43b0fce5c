// SPDX-License-Identifier: Apache-2.0
#include "base/signal.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <thread>

namespace candor {
namespace {

TEST(ShutdownSignalTest, WaitsForSignalsAndWakes) {
  auto shutdown = ShutdownSignal::Create();
  ASSERT_TRUE(shutdown.ok()) << shutdown.status();
  for (const int number : {SIGTERM, SIGINT, SIGTERM}) {
    std::thread sender([number] { kill(getpid(), number); });
    EXPECT_EQ((*shutdown)->Wait(), number);
    sender.join();
  }
  std::thread waker([&] { (*shutdown)->Wake(); });
  EXPECT_EQ((*shutdown)->Wait(), 0);
  waker.join();
}

TEST(ShutdownSignalTest, ABrokenPipeIsAnError) {
  auto shutdown = ShutdownSignal::Create();
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  EXPECT_EQ(write(ends[1], "x", 1), -1);
  EXPECT_EQ(errno, EPIPE);
  close(ends[1]);
}

}  // namespace
}  // namespace candor
