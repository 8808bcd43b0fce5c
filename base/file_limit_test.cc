// SPDX-License-Identifier: Apache-2.0
#include "base/file_limit.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace candor {
namespace {

TEST(FileLimitTest, IsRaisedAsFarAsAllowed) {
  rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit low = {before.rlim_max < 64 ? before.rlim_max : 64, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
  for (int i = 0; i < 2; ++i) {
    RaiseFileLimit();
    rlimit after = {};
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &after), 0);
    EXPECT_EQ(after.rlim_cur, before.rlim_max);
    EXPECT_EQ(after.rlim_max, before.rlim_max);
  }
}

}  // namespace
}  // namespace candor
