// SPDX-License-Identifier: Apache-2.0
#include "base/config.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "base/temp_folder.h"
#include "core/util/reason.h"

namespace candor {
namespace {

// Options of every kind.
struct Settings {
  std::string listen = "127.0.0.1:8080";
  std::vector<std::string> witnesses = {"default"};
  bool verbose = false;
  int64_t threads = 2;
  uint64_t limit = 65536;
  absl::Duration timeout = absl::Seconds(30);
  std::string mode = "fast";

  ConfigSchema Schema() {
    ConfigSchema schema("prog [flags] FILE", "Does things.");
    schema.Section("Network").String("http_listen", &listen, "Where to listen.");
    schema.StringList("witness", &witnesses, "A witness.");
    schema.Section("Other").Bool("verbose", &verbose, "Say more.");
    schema.Int("threads", &threads, -1, 64, "Threads.");
    schema.Size("limit", &limit, 1024, 1 << 30, "A limit.");
    schema.Duration("timeout", &timeout, absl::Seconds(1), absl::Hours(1), "A timeout.");
    schema.Choice("mode", &mode, {"fast", "safe"}, "How.");
    return schema;
  }
};

TEST(ConfigTest, ReadsAFile) {
  Settings s;
  const absl::Status status = s.Schema().ParseText(
      "# comment\n\n"
      "http_listen = [::1]:1 # not a comment\r\n"
      "  witness=a\n"
      "witness = b = c\n"
      "verbose = true\n"
      "threads = -1\n"
      "limit = 4MiB\n"
      "timeout = 500ms\n",
      "f.conf");
  // 500ms is under the minimum.
  EXPECT_EQ(status.message(), "f.conf:9: timeout: must be 1s to 1h");
  EXPECT_EQ(s.listen, "[::1]:1 # not a comment");
  EXPECT_EQ(s.witnesses, (std::vector<std::string>{"a", "b = c"}));
  EXPECT_TRUE(s.verbose);
  EXPECT_EQ(s.threads, -1);
  EXPECT_EQ(s.limit, 4u << 20);
}

TEST(ConfigTest, BadLinesNameFileAndLine) {
  const struct {
    std::string text;
    std::string message;
  } kCases[] = {
      {"nonsense", "f:1: a line must have the form: key = value"},
      {"\n\nno_such = 1", "f:3: there is no option named no_such; --help lists them all"},
      {"= 1", "f:1: there is no option named ; --help lists them all"},
      {"threads = 1\nthreads = 1", "f:2: threads is given twice; remove one of them"},
      {"threads = 65", "f:1: threads: must be a whole number from -1 to 64"},
      {"threads = 1.5", "f:1: threads: must be a whole number from -1 to 64"},
      {"threads = 01", "f:1: threads: must be a whole number from -1 to 64"},
      {"threads = +1", "f:1: threads: must be a whole number from -1 to 64"},
      {"threads =", "f:1: threads: must be a whole number from -1 to 64"},
      {"threads = 99999999999999999999", "f:1: threads: must be a whole number from -1 to 64"},
      {"verbose = yes", "f:1: verbose: must be true or false"},
      {"limit = 1", "f:1: limit: must be 1KiB to 1GiB"},
      {"mode = slow", "f:1: mode: must be one of fast, safe"},
      {"http_listen = \xff", "f:1: the line is not UTF-8 text"},
      {std::string("mode = a\0b", 10), "f:1: the line is not UTF-8 text"},
      {std::string((1 << 20) + 1, '#'), "f: a configuration file may have at most 1 MiB"},
  };
  for (const auto& c : kCases) {
    Settings s;
    const absl::Status status = s.Schema().ParseText(c.text, "f");
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(ReasonOf(status), "CONFIG_INVALID");
    EXPECT_EQ(status.message(), c.message);
  }
}

TEST(ConfigTest, FlagsOverrideTheFile) {
  TempFolder folder;
  std::ofstream(folder.File("c")) << "threads = 3\nwitness = a\nwitness = b\nmode = safe\n";
  Settings s;
  const auto line =
      s.Schema().Load({"--config", folder.File("c"), "--threads=4", "--witness", "x", "--verbose",
                       "input", "--http-listen", ":1", "-", "--", "--threads"});
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_FALSE(line->help);
  EXPECT_EQ(line->positionals, (std::vector<std::string>{"input", "-", "--threads"}));
  EXPECT_EQ(s.threads, 4);
  EXPECT_EQ(s.witnesses, (std::vector<std::string>{"x"}));
  EXPECT_EQ(s.mode, "safe");
  EXPECT_EQ(s.listen, ":1");
  EXPECT_TRUE(s.verbose);
}

TEST(ConfigTest, ASwitchTakesNoFollowingValue) {
  Settings s;
  const auto line = s.Schema().Load({"--verbose", "false"});
  EXPECT_TRUE(s.verbose);
  EXPECT_EQ(line->positionals, (std::vector<std::string>{"false"}));
  Settings other;
  EXPECT_TRUE(other.Schema().Load({"--verbose=false"}).ok());
  EXPECT_FALSE(other.verbose);
}

TEST(ConfigTest, BadFlags) {
  const struct {
    std::vector<std::string> args;
    std::string message;
  } kCases[] = {
      {{"--no-such=1"}, "flag --no-such: there is no option named no_such; --help lists them all"},
      {{"--threads"}, "flag --threads: a value must follow"},
      {{"--threads=1", "--threads=2"},
       "flag --threads: threads is given twice; remove one of them"},
      {{"--threads", "x"}, "flag --threads: threads: must be a whole number from -1 to 64"},
      {{"-t"}, "flag -t: flags begin with two dashes; --help lists them all"},
      {{"--config=a", "--config=b"}, "flag --config: is given twice; remove one of them"},
  };
  for (const auto& c : kCases) {
    Settings s;
    const auto line = s.Schema().Load(c.args);
    EXPECT_EQ(line.status().message(), c.message);
  }
  Settings s;
  EXPECT_EQ(s.Schema().Load({"--config", "/no/such/file"}).status().code(),
            absl::StatusCode::kNotFound);
}

TEST(ConfigTest, RequiredOptions) {
  std::string origin;
  ConfigSchema schema("p", "s");
  schema.String("origin", &origin, "The log's origin.").Required();
  EXPECT_EQ(schema.Load({}).status().message(),
            "configuration: origin must be set: The log's origin.");
  EXPECT_TRUE(schema.Load({"--origin=a"}).ok());
}

TEST(ConfigTest, HelpIsGivenAlsoBesideWrongFlags) {
  Settings s;
  const auto line = s.Schema().Load({"--no-such=1", "--help"});
  ASSERT_TRUE(line.ok());
  EXPECT_TRUE(line->help);
  const std::string help = s.Schema().Help();
  for (const char* part :
       {"Usage: prog [flags] FILE", "Does things.", "\nNetwork\n",
        "--http-listen  (text; default 127.0.0.1:8080)",
        "--limit  (size 1KiB..1GiB; default 64KiB)", "--timeout  (duration 1s..1h; default 30s)",
        "--mode  (one of fast, safe; default fast)"}) {
    EXPECT_NE(help.find(part), std::string::npos) << part << " is not in\n" << help;
  }
}

// Uncommented, the example must be what the defaults are: it is the documentation.
TEST(ConfigTest, TheExampleFileParsesToTheDefaults) {
  Settings s;
  std::string example = s.Schema().ExampleFile();
  EXPECT_TRUE(s.Schema().ParseText(example, "example").ok());
  for (const char* name :
       {"http_listen", "witness", "verbose", "threads", "limit", "timeout", "mode"}) {
    const size_t at = example.find(std::string("\n#") + name + " = ");
    ASSERT_NE(at, std::string::npos) << name << " is not in\n" << example;
    example.erase(at + 1, 1);
  }
  Settings parsed;
  parsed.listen = parsed.mode = "";
  parsed.threads = 9;
  const absl::Status status = parsed.Schema().ParseText(example, "example");
  ASSERT_TRUE(status.ok()) << status;
  const Settings defaults;
  EXPECT_EQ(parsed.listen, defaults.listen);
  EXPECT_EQ(parsed.mode, defaults.mode);
  EXPECT_EQ(parsed.threads, defaults.threads);
  EXPECT_EQ(parsed.timeout, defaults.timeout);
}

TEST(ConfigTest, Durations) {
  EXPECT_EQ(ParseConfigDuration("0").value(), absl::ZeroDuration());
  for (const auto& [text, duration] :
       std::vector<std::pair<std::string, absl::Duration>>{{"1ms", absl::Milliseconds(1)},
                                                           {"90s", absl::Seconds(90)},
                                                           {"5m", absl::Minutes(5)},
                                                           {"7d", absl::Hours(7 * 24)},
                                                           {"12h", absl::Hours(12)}}) {
    EXPECT_EQ(ParseConfigDuration(text).value(), duration);
    EXPECT_EQ(FormatConfigDuration(duration), text);
  }
  for (const char* bad : {"", "1", "s", "-1s", "1.5s", "1 s", "1S", "01s", "1sm",
                          "99999999999999999999s", "9999999999999d"}) {
    EXPECT_FALSE(ParseConfigDuration(bad).ok()) << bad;
  }
}

TEST(ConfigTest, Sizes) {
  EXPECT_EQ(ParseConfigSize("512").value(), 512u);
  EXPECT_EQ(ParseConfigSize("0").value(), 0u);
  for (const auto& [text, size] : std::vector<std::pair<std::string, uint64_t>>{
           {"1B", 1}, {"16KiB", 16384}, {"3MiB", 3u << 20}, {"2GiB", 2u << 30}}) {
    EXPECT_EQ(ParseConfigSize(text).value(), size);
    EXPECT_EQ(FormatConfigSize(size), text);
  }
  for (const char* bad : {"", "KiB", "-1", "1KB", "1kib", "1.5MiB", "1 KiB", "01", "1GiBx",
                          "99999999999GiB", "18446744073709551616"}) {
    EXPECT_FALSE(ParseConfigSize(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace candor
