// SPDX-License-Identifier: Apache-2.0
#include "log/storage/fault_log_store.h"

#include <thread>
#include <variant>

#include "core/util/reason.h"
#include "gtest/gtest.h"
#include "log/storage/log_store.h"
#include "log/storage/memory_log_store.h"
#include "log/storage/testing.h"

namespace candor {
namespace {

using Fault = FaultLogStore::Fault;

struct Case {
  Fault fault;
  bool persisted;
  bool readable;
  bool writable;  // afterwards
};

TEST(FaultLogStoreTest, EachFaultDoesWhatItSays) {
  for (const Case& c : {Case{Fault::kFailedNotPersisted, false, true, true},
                        Case{Fault::kFailedButPersisted, true, true, true},
                        Case{Fault::kCrashBefore, false, false, false},
                        Case{Fault::kCrashAfter, true, false, false},
                        Case{Fault::kUnknownUnreadable, true, false, true}}) {
    SCOPED_TRACE(static_cast<int>(c.fault));
    MemoryLogStore memory;
    FaultLogStore store(&memory);
    TestAppender log;
    ASSERT_TRUE(std::holds_alternative<Committed>(store.Append(log.Next(2))));
    store.FailAppend(1, c.fault);
    ASSERT_TRUE(std::holds_alternative<Committed>(store.Append(log.Next(2))));
    const AppendRequest request = log.Next(2);
    const AppendOutcome outcome = store.Append(request);
    ASSERT_TRUE(std::holds_alternative<Unknown>(outcome));
    EXPECT_EQ(ReasonOf(std::get<Unknown>(outcome).cause), "INJECTED_FAULT");
    EXPECT_EQ(memory.GetSnapshot().value()->head().tree_size, c.persisted ? 6u : 4u);
    EXPECT_EQ(store.GetSnapshot().ok(), c.readable);
    const AppendOutcome after = store.Append(c.persisted ? log.Next(1) : request);
    EXPECT_EQ(std::holds_alternative<Committed>(after), c.writable);
  }
}

TEST(FaultLogStoreTest, AConflictNamesAHeadThatIsNotOurs) {
  MemoryLogStore memory;
  FaultLogStore store(&memory);
  TestAppender log;
  const AppendRequest request = log.Next(1);
  store.FailAppend(0, Fault::kConflict);
  const AppendOutcome outcome = store.Append(request);
  ASSERT_TRUE(std::holds_alternative<Conflict>(outcome));
  EXPECT_NE(std::get<Conflict>(outcome).actual, request.next);
  EXPECT_EQ(memory.GetSnapshot().value()->head().tree_size, 0u);
}

TEST(FaultLogStoreTest, HoldsAppends) {
  MemoryLogStore memory;
  FaultLogStore store(&memory);
  TestAppender log;
  store.Hold();
  std::thread writer(
      [&] { EXPECT_TRUE(std::holds_alternative<Committed>(store.Append(log.Next(1)))); });
  store.WaitUntilHeld();
  EXPECT_EQ(memory.GetSnapshot().value()->head().tree_size, 0u);
  store.Release();
  writer.join();
  EXPECT_EQ(memory.GetSnapshot().value()->head().tree_size, 1u);
  EXPECT_EQ(store.appends(), 1u);
}

}  // namespace
}  // namespace candor
