// SPDX-License-Identifier: Apache-2.0
#include "client/cli/exit_code.h"

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

TEST(ExitCodeTest, NoIsWhatWasLookedAt) {
  EXPECT_EQ(ExitCodeFor(absl::OkStatus()), kExitYes);
  EXPECT_EQ(ExitCodeFor(absl::InvalidArgumentError("")), kExitNo);
  EXPECT_EQ(ExitCodeFor(absl::PermissionDeniedError("")), kExitNo);
  EXPECT_EQ(ExitCodeFor(absl::DataLossError("")), kExitNo);
  EXPECT_EQ(ExitCodeFor(absl::AlreadyExistsError("")), kExitNo);
  EXPECT_EQ(ExitCodeFor(absl::NotFoundError("")), kExitUnknown);
  EXPECT_EQ(ExitCodeFor(absl::UnavailableError("")), kExitUnknown);
  EXPECT_EQ(ExitCodeFor(absl::DeadlineExceededError("")), kExitUnknown);
  EXPECT_EQ(ExitCodeFor(absl::ResourceExhaustedError("")), kExitUnknown);
  EXPECT_EQ(ExitCodeFor(absl::UnimplementedError("")), kExitUnknown);
  EXPECT_EQ(ExitCodeFor(absl::InternalError("")), kExitUnknown);
}

}  // namespace
}  // namespace candor
