// SPDX-License-Identifier: Apache-2.0
#include "base/mutex.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace candor {
namespace {

TEST(MutexTest, GuardsAgainstOtherThreads) {
  Mutex mutex;
  int count = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 1000; ++j) {
        MutexLock lock(&mutex);
        ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(count, 4000);
}

TEST(NotificationTest, WakesAllWaiters) {
  Notification notification;
  EXPECT_FALSE(notification.HasBeenNotified());
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back([&] { notification.Wait(); });
  notification.Notify();
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(notification.HasBeenNotified());
  EXPECT_TRUE(notification.WaitFor(absl::ZeroDuration()));
}

TEST(NotificationTest, WaitForGivesUp) {
  Notification notification;
  EXPECT_FALSE(notification.WaitFor(absl::Milliseconds(1)));
  EXPECT_FALSE(notification.WaitFor(-absl::Seconds(1)));
}

TEST(CondVarTest, AnInfiniteTimeoutDoesNotOverflow) {
  Mutex mutex;
  CondVar condition;
  bool ready = false;
  std::thread signaller([&] {
    MutexLock lock(&mutex);
    ready = true;
    condition.Signal();
  });
  {
    MutexLock lock(&mutex);
    while (!ready) condition.WaitFor(&mutex, absl::InfiniteDuration());
  }
  signaller.join();
}

}  // namespace
}  // namespace candor
