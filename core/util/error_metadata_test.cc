// SPDX-License-Identifier: Apache-2.0
#include "core/util/error_metadata.h"

#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

using Metadata = std::map<std::string, std::string>;

TEST(ErrorMetadataTest, FactsTravelBesideTheReason) {
  absl::Status status = Refuse(absl::StatusCode::kUnavailable, "NOT_YET_PUBLISHED", "wait");
  EXPECT_EQ(MetadataOf(status), Metadata());
  status = WithMetadata(WithMetadata(std::move(status), "index", "7"), "leafHash", "ab");
  EXPECT_EQ(MetadataOf(status), (Metadata{{"index", "7"}, {"leafHash", "ab"}}));
  EXPECT_EQ(ReasonOf(status), "NOT_YET_PUBLISHED");
  EXPECT_EQ(MetadataOf(WithMetadata(status, "index", "8")).at("index"), "8");
  EXPECT_EQ(MetadataOf(Annotate(status, "log")), MetadataOf(status));
}

TEST(ErrorMetadataTest, OkAndOtherPayloadsHaveNone) {
  EXPECT_TRUE(WithMetadata(absl::OkStatus(), "index", "7").ok());
  absl::Status status = absl::NotFoundError("nothing");
  status.SetPayload("other", absl::Cord("value"));
  EXPECT_EQ(MetadataOf(status), Metadata());
}

}  // namespace
}  // namespace candor
