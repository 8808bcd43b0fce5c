// SPDX-License-Identifier: Apache-2.0
#include "log/sequencer/inbox.h"

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/http_status.h"
#include "base/mutex.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

using Work = Inbox::Work;

class InboxTest : public testing::Test {
 protected:
  absl::Status Push(size_t bytes = 10) {
    QueuedSubmission item;
    item.encoded.resize(bytes, 'x');
    return inbox_->Push(item);
  }
  Work Wait(const Inbox::Gathering& batch) { return inbox_->WaitForWork(batch, items_); }

  // A batch that only its deadline, far away, would close.
  static Inbox::Gathering Waiting() {
    Inbox::Gathering batch;
    batch.empty = false;
    batch.deadline = std::chrono::steady_clock::now() + std::chrono::hours(1);
    return batch;
  }
  static Inbox::Gathering Full() {
    Inbox::Gathering batch = Waiting();
    batch.room_entries = 0;
    return batch;
  }

  const std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>(
      InboxLimits{.max_entries = 4, .max_bytes = 100, .retry_delay = absl::Seconds(3)});
  std::vector<QueuedSubmission> items_;
};

TEST_F(InboxTest, IsBoundedInEntries) {
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(Push().ok());
  const absl::Status status = Push();
  EXPECT_TRUE(absl::IsResourceExhausted(status));
  EXPECT_EQ(ReasonOf(status), "QUEUE_FULL");
  EXPECT_EQ(RetryAfterOf(status), absl::Seconds(3));
  EXPECT_EQ(inbox_->CheckRoom(), status);
  ASSERT_EQ(Wait({}), Work::kProcess);
  EXPECT_EQ(items_.size(), 4u);
  EXPECT_EQ(inbox_->queued_entries(), 0u);
  EXPECT_EQ(inbox_->queued_bytes(), 0u);
  EXPECT_TRUE(Push().ok());
}

TEST_F(InboxTest, IsBoundedInBytes) {
  ASSERT_TRUE(Push(99).ok());
  ASSERT_TRUE(Push(99).ok());  // the last one may go beyond
  EXPECT_EQ(ReasonOf(Push(1)), "QUEUE_FULL");
}

TEST_F(InboxTest, ABatchClosesAtOnceWhenNothingElseIsComing) {
  EXPECT_EQ(Wait(Waiting()), Work::kClose);
}

TEST_F(InboxTest, QueuedSubmissionsJoinTheBatchFirst) {
  ASSERT_TRUE(Push().ok());
  EXPECT_EQ(Wait(Waiting()), Work::kProcess);
  EXPECT_EQ(Wait(Waiting()), Work::kClose);
}

TEST_F(InboxTest, AFullOrDueBatchClosesBeforeAnythingElse) {
  ASSERT_TRUE(Push().ok());
  const VerificationToken token = inbox_->BeginVerification();
  EXPECT_EQ(Wait(Full()), Work::kClose);
  Inbox::Gathering due = Waiting();
  due.deadline = std::chrono::steady_clock::now();
  EXPECT_EQ(Wait(due), Work::kClose);
  EXPECT_EQ(inbox_->queued_entries(), 1u);
}

TEST_F(InboxTest, ABatchWaitsForVerification) {
  VerificationToken token = inbox_->BeginVerification();
  VerificationToken moved = std::move(token);
  EXPECT_EQ(inbox_->in_verification(), 1u);
  token.Release();  // moved from: nothing
  EXPECT_EQ(inbox_->in_verification(), 1u);
  std::thread releaser([&moved] { moved.Release(); });
  EXPECT_EQ(Wait(Waiting()), Work::kClose);
  releaser.join();
  EXPECT_EQ(inbox_->in_verification(), 0u);
}

TEST_F(InboxTest, ABatchWaitsForVerificationNotLongerThanItsDeadline) {
  const VerificationToken token = inbox_->BeginVerification();
  Inbox::Gathering batch = Waiting();
  batch.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(2);
  EXPECT_EQ(Wait(batch), Work::kClose);
}

TEST_F(InboxTest, NothingClosesWhileOneCommits) {
  inbox_->CommitBegins();
  ASSERT_TRUE(Push().ok());
  EXPECT_EQ(Wait(Waiting()), Work::kProcess);
  std::thread committer([this] { inbox_->CommitEnds(); });
  EXPECT_EQ(Wait(Full()), Work::kClose);
  committer.join();
}

TEST_F(InboxTest, TakesNoMoreThanTheBatchHasRoomFor) {
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(Push(10).ok());
  Inbox::Gathering batch;
  batch.room_entries = 1;
  EXPECT_EQ(Wait(batch), Work::kProcess);
  EXPECT_EQ(items_.size(), 1u);
  batch.room_entries = 10;
  batch.room_bytes = 11;
  EXPECT_EQ(Wait(batch), Work::kProcess);
  EXPECT_EQ(items_.size(), 2u);
  EXPECT_EQ(inbox_->queued_bytes(), 10u);
}

TEST_F(InboxTest, StopsWhenAllIsDone) {
  ASSERT_TRUE(Push().ok());
  const VerificationToken token = inbox_->BeginVerification();
  inbox_->Stop();
  EXPECT_EQ(ReasonOf(Push()), "SHUTTING_DOWN");
  EXPECT_EQ(Wait({}), Work::kProcess);
  EXPECT_EQ(Wait(Waiting()), Work::kClose);  // does not wait for verification any more
  inbox_->CommitBegins();
  std::thread committer([this] { inbox_->CommitEnds(); });
  EXPECT_EQ(Wait({}), Work::kExit);
  committer.join();
}

TEST_F(InboxTest, AHaltIsReportedOnceWithEverythingQueued) {
  ASSERT_TRUE(Push().ok());
  ASSERT_TRUE(Push().ok());
  inbox_->Halt(absl::UnavailableError("first"));
  inbox_->Halt(absl::UnavailableError("second"));
  EXPECT_EQ(Push(), absl::UnavailableError("first"));
  EXPECT_EQ(inbox_->halted(), absl::UnavailableError("first"));
  EXPECT_EQ(Wait(Full()), Work::kFail);
  EXPECT_EQ(items_.size(), 2u);
  inbox_->Stop();
  EXPECT_EQ(Wait({}), Work::kExit);
}

TEST_F(InboxTest, BlocksAndUnblocks) {
  inbox_->Block(absl::FailedPreconditionError("guard"));
  EXPECT_EQ(Push(), absl::FailedPreconditionError("guard"));
  inbox_->Block(absl::OkStatus());
  EXPECT_TRUE(Push().ok());
}

TEST_F(InboxTest, ATokenMayOutliveTheInbox) {
  std::shared_ptr<Inbox> inbox = std::make_shared<Inbox>(InboxLimits{});
  const VerificationToken token = inbox->BeginVerification();
  inbox.reset();
}

}  // namespace
}  // namespace candor
