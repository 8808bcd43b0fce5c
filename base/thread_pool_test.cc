// SPDX-License-Identifier: Apache-2.0
#include "base/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>

#include "core/util/reason.h"

namespace candor {
namespace {

TEST(ThreadPoolTest, RunsEverythingBeforeItEnds) {
  std::atomic<int> ran{0};
  {
    ThreadPool pool(3, 1000);
    for (int i = 0; i < 500; ++i) ASSERT_TRUE(pool.Schedule([&] { ++ran; }).ok());
  }
  EXPECT_EQ(ran, 500);
}

TEST(ThreadPoolTest, TheQueueIsBounded) {
  Notification started;
  Notification go_on;
  ThreadPool pool(1, 2);
  ASSERT_TRUE(pool.Schedule([&] {
                    started.Notify();
                    go_on.Wait();
                  })
                  .ok());
  started.Wait();
  std::atomic<int> ran{0};
  EXPECT_TRUE(pool.Schedule([&] { ++ran; }).ok());
  EXPECT_TRUE(pool.Schedule([&] { ++ran; }).ok());
  EXPECT_EQ(pool.queued(), 2u);
  const absl::Status full = pool.Schedule([&] { ++ran; });
  EXPECT_EQ(full.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(full), "QUEUE_FULL");
  go_on.Notify();
  pool.Shutdown();
  EXPECT_EQ(ran, 2);
}

TEST(ThreadPoolTest, RefusesAfterShutdown) {
  ThreadPool pool(0, 10);
  pool.Shutdown();
  pool.Shutdown();
  const absl::Status status = pool.Schedule([] { FAIL(); });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(status), "SHUTTING_DOWN");
}

}  // namespace
}  // namespace candor
