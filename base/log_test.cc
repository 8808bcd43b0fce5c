// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace candor {
namespace {

std::string Format(const std::vector<LogField>& fields) {
  const std::string line =
      FormatLogLine(absl::FromUnixMillis(1735787045678), LogLevel::kInfo, "hello there", fields);
  const std::string prefix = "2025-01-02T03:04:05.678Z INFO hello there";
  EXPECT_EQ(line.substr(0, prefix.size()), prefix);
  return line.substr(prefix.size());
}

TEST(LogTest, FormatsFields) {
  EXPECT_EQ(Format({}), "\n");
  EXPECT_EQ(Format({{"n", 12}, {"f", 1.5}, {"b", true}, {"s", "plain"}}),
            " n=12 f=1.5 b=true s=plain\n");
  EXPECT_EQ(Format({{"e", absl::NotFoundError("no such thing")}}),
            " e=\"NOT_FOUND: no such thing\"\n");
}

TEST(LogTest, AValueStaysOnItsLineWhateverItHolds) {
  const struct {
    std::string value;
    std::string formatted;
  } kCases[] = {
      {"", "\"\""},
      {"a b", "\"a b\""},
      {"a=b", "\"a=b\""},
      {"a\"b\\", "\"a\\\"b\\\\\""},
      {"a\nINFO forged", "\"a\\nINFO forged\""},
      {"\x1b[31m", "\"\\x1b[31m\""},
      {std::string("\0", 1), "\"\\x00\""},
      {"g\xc3\xbcte", "\"g\xc3\xbcte\""},
      {"bad\xff", "\"bad\\xff\""},
      {"\xc2\x9b", "\\xc2\\x9b"},
      {std::string(1025, 'x'), std::string(1024, 'x') + "..."},
  };
  for (const auto& c : kCases) {
    const std::string line = Format({{"k", c.value}});
    EXPECT_EQ(line, " k=" + c.formatted + "\n");
  }
}

class CapturingSink final : public LogSink {
 public:
  void Write(LogLevel, std::string_view line) override { lines.emplace_back(line); }
  std::vector<std::string> lines;
};

TEST(LogTest, TheLevelFilters) {
  CapturingSink sink;
  FakeClock clock(absl::UnixEpoch());
  SetLogSink(&sink);
  SetLogClock(&clock);
  SetLogLevel(LogLevel::kWarning);
  LogDebug("a");
  LogInfo("b");
  LogWarning("c");
  LogError("d", {{"code", 7}});
  SetLogLevel(LogLevel::kInfo);
  SetLogClock(nullptr);
  SetLogSink(nullptr);
  EXPECT_EQ(sink.lines, (std::vector<std::string>{"1970-01-01T00:00:00.000Z WARNING c\n",
                                                  "1970-01-01T00:00:00.000Z ERROR d code=7\n"}));
}

TEST(LogTest, ParsesLevels) {
  EXPECT_EQ(ParseLogLevel("debug").value(), LogLevel::kDebug);
  EXPECT_EQ(ParseLogLevel("error").value(), LogLevel::kError);
  EXPECT_FALSE(ParseLogLevel("loud").ok());
}

}  // namespace
}  // namespace candor
