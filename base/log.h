// SPDX-License-Identifier: Apache-2.0
//
// Structured log lines on stderr, one event a line:
//   2025-01-02T03:04:05.678Z INFO checkpoint published origin=log.example/a size=1234
// The message is a constant text that can be searched for; what varies goes into fields. Never log
// a secret: no private keys, no seeds, no bodies of requests.

#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/clock.h"

namespace candor {

enum class LogLevel { kDebug = 0, kInfo = 1, kWarning = 2, kError = 3 };

// "debug", "info", "warning", "error".
absl::StatusOr<LogLevel> ParseLogLevel(std::string_view name);

struct LogField {
  LogField(std::string_view field_key, std::string_view field_value)
      : key(field_key), value(field_value) {}
  LogField(std::string_view field_key, const char* field_value)
      : key(field_key), value(field_value) {}
  LogField(std::string_view field_key, const std::string& field_value)
      : key(field_key), value(field_value) {}
  LogField(std::string_view field_key, const absl::Status& status)
      : key(field_key), value(status.ToString(absl::StatusToStringMode::kWithNoExtraData)) {}
  LogField(std::string_view field_key, bool flag)
      : key(field_key), value(flag ? "true" : "false") {}
  template <typename T>
    requires std::integral<T> || std::floating_point<T>
  LogField(std::string_view field_key, T number) : key(field_key), value(absl::StrCat(number)) {}

  std::string key;
  std::string value;
};

// Where formatted lines go. Write must be thread-safe and gets one line with its newline.
class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual void Write(LogLevel level, std::string_view line) = 0;
};

// Process-wide settings, to be changed by main or a test; the pointers must stay valid until they
// are changed back. nullptr means stderr and the system's clock.
void SetLogLevel(LogLevel level);
void SetLogSink(LogSink* sink);
void SetLogClock(const Clock* clock);

// One line, whatever the values hold: control characters, quotes and invalid UTF-8 are escaped,
// values longer than 1,024 bytes are cut. Never fails and never throws.
std::string FormatLogLine(absl::Time time, LogLevel level, std::string_view message,
                          const std::vector<LogField>& fields);

void Log(LogLevel level, std::string_view message, const std::vector<LogField>& fields);

inline void LogDebug(std::string_view message, std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kDebug, message, fields);
}
inline void LogInfo(std::string_view message, std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kInfo, message, fields);
}
inline void LogWarning(std::string_view message, std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kWarning, message, fields);
}
inline void LogError(std::string_view message, std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kError, message, fields);
}

}  // namespace candor
