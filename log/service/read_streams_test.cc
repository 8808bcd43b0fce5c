// SPDX-License-Identifier: Apache-2.0
#include "log/service/read_streams.h"

#include <memory>

#include "gtest/gtest.h"

namespace candor {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'000);

TEST(ReadStreamsTest, AreLimited) {
  ReadStreams streams(2);
  const auto first = streams.Open([] {});
  const auto second = streams.Open([] {});
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(streams.Open([] {}), nullptr);
  streams.Close(first);
  EXPECT_NE(streams.Open([] {}), nullptr);
  EXPECT_EQ(streams.open(), 2u);
}

TEST(ReadStreamsTest, OnlyThoseThatWaitForTheirReadersAreEnded) {
  ReadStreams streams(4);
  int ended = 0;
  const auto waits = streams.Open([&] { ended += 1; });
  const auto works = streams.Open([&] { ended += 10; });
  const auto later = streams.Open([&] { ended += 100; });
  const auto closed = streams.Open([&] { ended += 1000; });
  for (const auto& stream : {waits, works, closed}) stream->WaitsForReader(kStart);
  works->Works();
  later->WaitsForReader(kStart + absl::Seconds(1));
  streams.Close(closed);
  streams.CancelWaiting(kStart - absl::Seconds(1));
  EXPECT_EQ(ended, 0);
  streams.CancelWaiting(kStart);
  EXPECT_EQ(ended, 1);
  streams.CancelWaiting(kStart);  // not twice
  EXPECT_EQ(ended, 1);
  streams.CancelWaiting(kStart + absl::Seconds(1));
  EXPECT_EQ(ended, 101);
}

TEST(ReadStreamsTest, EndingMayCloseOnTheSameThread) {
  ReadStreams streams(1);
  std::shared_ptr<ReadStream> stream;
  stream = streams.Open([&] { streams.Close(stream); });
  stream->WaitsForReader(kStart);
  streams.CancelWaiting(kStart);
  EXPECT_EQ(streams.open(), 0u);
}

}  // namespace
}  // namespace candor
