// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "base/mutex.h"
#include "core/util/encoding.h"

namespace candor {
namespace {

constexpr size_t kMaxValueBytes = 1024;

class StderrSink final : public LogSink {
 public:
  void Write(LogLevel, std::string_view line) override {
    MutexLock lock(&mutex_);
    while (!line.empty()) {
      const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
      if (written <= 0) return;  // nowhere left to complain
      line.remove_prefix(static_cast<size_t>(written));
    }
  }

 private:
  Mutex mutex_;
};

std::atomic<LogLevel> g_level{LogLevel::kInfo};
std::atomic<LogSink*> g_sink{nullptr};
std::atomic<const Clock*> g_clock{nullptr};

LogSink* DefaultSink() {
  static StderrSink* const sink = new StderrSink();
  return sink;
}

std::string_view LevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "DEBUG";
    case LogLevel::kInfo:
      return "INFO";
    case LogLevel::kWarning:
      return "WARNING";
    case LogLevel::kError:
      return "ERROR";
  }
  return "ERROR";
}

bool IsPlain(char c) { return c > ' ' && c < 0x7f && c != '"' && c != '=' && c != '\\'; }

void AppendHexEscape(char c, std::string* out) {
  constexpr char kHex[] = "0123456789abcdef";
  const uint8_t byte = static_cast<uint8_t>(c);
  *out += "\\x";
  *out += kHex[byte >> 4];
  *out += kHex[byte & 15];
}

void AppendQuoted(std::string_view value, std::string* out) {
  const bool utf8 = IsValidUtf8(value);
  *out += '"';
  for (const char c : value) {
    const uint8_t byte = static_cast<uint8_t>(c);
    if (c == '"' || c == '\\') {
      *out += '\\';
      *out += c;
    } else if (c == '\n') {
      *out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !utf8)) {
      AppendHexEscape(c, out);
    } else {
      *out += c;
    }
  }
  *out += '"';
}

// C1 controls (U+0080..U+009F) can drive a terminal as well as the ASCII ones.
bool HasC1Control(std::string_view value) {
  for (size_t i = 0; i + 1 < value.size(); ++i) {
    if (value[i] == '\xc2' && static_cast<uint8_t>(value[i + 1]) < 0xa0) return true;
  }
  return false;
}

void AppendValue(std::string_view value, std::string* out) {
  const bool cut = value.size() > kMaxValueBytes;
  if (cut) value = value.substr(0, kMaxValueBytes);
  if (!value.empty() && std::all_of(value.begin(), value.end(), IsPlain)) {
    *out += value;
  } else if (HasC1Control(value)) {
    for (const char c : value) AppendHexEscape(c, out);
  } else {
    AppendQuoted(value, out);
  }
  if (cut) *out += "...";
}

}  // namespace

absl::StatusOr<LogLevel> ParseLogLevel(std::string_view name) {
  if (name == "debug") return LogLevel::kDebug;
  if (name == "info") return LogLevel::kInfo;
  if (name == "warning") return LogLevel::kWarning;
  if (name == "error") return LogLevel::kError;
  return absl::InvalidArgumentError("log level must be debug, info, warning or error");
}

void SetLogLevel(LogLevel level) { g_level = level; }
void SetLogSink(LogSink* sink) { g_sink = sink; }
void SetLogClock(const Clock* clock) { g_clock = clock; }

std::string FormatLogLine(absl::Time time, LogLevel level, std::string_view message,
                          const std::vector<LogField>& fields) {
  std::string line = absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
  line += ' ';
  line += LevelName(level);
  line += ' ';
  for (const char c : message.substr(0, kMaxValueBytes)) {
    line += static_cast<uint8_t>(c) < 0x20 || c == 0x7f ? ' ' : c;
  }
  for (const LogField& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    AppendValue(field.value, &line);
  }
  line += '\n';
  return line;
}

void Log(LogLevel level, std::string_view message, const std::vector<LogField>& fields) {
  if (level < g_level.load()) return;
  const Clock* clock = g_clock.load();
  LogSink* sink = g_sink.load();
  const absl::Time now = (clock != nullptr ? clock : SystemClock::Get())->Now();
  (sink != nullptr ? sink : DefaultSink())
      ->Write(level, FormatLogLine(now, level, message, fields));
}

}  // namespace candor
