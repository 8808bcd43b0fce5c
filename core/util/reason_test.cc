// SPDX-License-Identifier: Apache-2.0
#include "core/util/reason.h"

#include "gtest/gtest.h"

namespace candor {
namespace {

TEST(ReasonTest, RefusalCarriesCodeReasonAndMessage) {
  const absl::Status status =
      Refuse(absl::StatusCode::kPermissionDenied, "KEY_REVOKED", "the key is revoked");
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(status.message(), "the key is revoked");
  EXPECT_EQ(ReasonOf(status), "KEY_REVOKED");
}

TEST(ReasonTest, OtherStatusesHaveNoReason) {
  EXPECT_EQ(ReasonOf(absl::OkStatus()), "");
  EXPECT_EQ(ReasonOf(absl::NotFoundError("nothing")), "");
}

TEST(ReasonTest, AnnotateKeepsCodeReasonAndPayloads) {
  absl::Status status = Refuse(absl::StatusCode::kInvalidArgument, "TRUNCATED", "it ends early");
  status.SetPayload("other", absl::Cord("value"));
  const absl::Status annotated = Annotate(status, "entry 7");
  EXPECT_EQ(annotated.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(annotated.message(), "entry 7: it ends early");
  EXPECT_EQ(ReasonOf(annotated), "TRUNCATED");
  EXPECT_EQ(annotated.GetPayload("other"), absl::Cord("value"));
}

TEST(ReasonTest, AnnotateLeavesOkAlone) { EXPECT_TRUE(Annotate(absl::OkStatus(), "entry 7").ok()); }

}  // namespace
}  // namespace candor
