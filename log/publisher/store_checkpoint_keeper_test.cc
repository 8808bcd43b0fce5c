// SPDX-License-Identifier: Apache-2.0
#include "log/publisher/store_checkpoint_keeper.h"

#include <string>

#include "base/fake_file_system.h"
#include "gtest/gtest.h"
#include "log/storage/checkpoint_file.h"
#include "log/storage/memory_log_store.h"

namespace candor {
namespace {

class StoreCheckpointKeeperTest : public ::testing::Test {
 protected:
  FakeFileSystem files_;
  MemoryLogStore store_;
  CheckpointFile file_{"/signed-checkpoint", &files_};
  StoreCheckpointKeeper keeper_{&file_, &store_};
};

TEST_F(StoreCheckpointKeeperTest, KeepsSignedInBothPlaces) {
  ASSERT_TRUE(keeper_.KeepSigned(3, "note of 3").ok());
  files_.Crash();
  EXPECT_EQ(file_.Read()->value_or(""), "note of 3");
  EXPECT_EQ((*store_.LastSigned())->note, "note of 3");
  EXPECT_EQ((*store_.LastSigned())->tree_size, 3);
  EXPECT_FALSE(store_.LastPublished()->has_value());
}

TEST_F(StoreCheckpointKeeperTest, TheStoreNeverKnowsMoreThanTheFile) {
  ASSERT_TRUE(keeper_.KeepSigned(3, "note of 3").ok());
  // Whatever step of the file fails, done or not, the store still has the old note.
  for (const auto fault : {FakeFileSystem::Fault::kNotDone, FakeFileSystem::Fault::kDone}) {
    for (int step = 0; step < 4; ++step) {
      files_.FailCall(step, fault);
      EXPECT_FALSE(keeper_.KeepSigned(4, "note of 4").ok()) << step;
      EXPECT_EQ((*store_.LastSigned())->note, "note of 3") << step;
    }
  }
  ASSERT_TRUE(keeper_.KeepSigned(4, "note of 4").ok());
  EXPECT_EQ((*store_.LastSigned())->note, "note of 4");
}

TEST_F(StoreCheckpointKeeperTest, KeepsPublishedInTheStore) {
  ASSERT_TRUE(keeper_.KeepPublished(3, "published").ok());
  ASSERT_TRUE(keeper_.KeepPublished(3, "published with more cosignatures").ok());
  EXPECT_EQ((*store_.LastPublished())->note, "published with more cosignatures");
  EXPECT_FALSE(file_.Read()->has_value());
}

}  // namespace
}  // namespace candor
