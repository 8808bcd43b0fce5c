// SPDX-License-Identifier: Apache-2.0
//
// candor-load add   --target HOST:PORT --key FILE --purl-prefix P --count N [--in-flight K]
//                   [--wait-published] [--acknowledged FILE] [--run NAME]
// candor-load check --target HOST:PORT --acknowledged FILE
#include <cstdio>
#include <map>
#include <string>
#include <string_view>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/key_file.h"
#include "tests/bench/load.h"
#include "tests/bench/statements.h"

namespace candor {
namespace {

using Flags = std::map<std::string, std::string>;

int Fail(const std::string& message) {
  std::fprintf(stderr, "candor-load: %s\n", message.c_str());
  return 1;
}

size_t Number(const Flags& flags, const std::string& name, size_t otherwise) {
  const auto it = flags.find(name);
  size_t value = otherwise;
  if (it != flags.end() && !absl::SimpleAtoi(it->second, &value)) value = otherwise;
  return value;
}

double Milliseconds(const LoadResult& result, double quantile) {
  if (result.latencies.empty()) return 0;
  const auto last = static_cast<double>(result.latencies.size() - 1);
  return absl::ToDoubleMilliseconds(result.latencies[static_cast<size_t>(last * quantile)]);
}

int Add(Flags flags) {
  const auto key = ReadKeyFile(flags["key"]);
  if (!key.ok()) return Fail(std::string(key.status().message()));
  const std::string run =
      flags.contains("run") ? flags["run"] : absl::StrCat(absl::ToUnixMicros(absl::Now()));
  const auto envelopes =
      MakeReleaseEnvelopes(*key, flags["purl-prefix"], run, Number(flags, "count", 1000));
  if (!envelopes.ok()) return Fail(std::string(envelopes.status().message()));

  LoadOptions options;
  options.target = flags["target"];
  options.in_flight = Number(flags, "in-flight", 64);
  options.wait_for_published = flags.contains("wait-published");
  options.acknowledged_file = flags["acknowledged"];
  const LoadResult result = RunLoad(options, *envelopes);
  std::printf("acknowledged %zu, failed %zu, %.0f adds/s, p50 %.2f ms, p99 %.2f ms\n",
              result.acknowledged, result.failed,
              static_cast<double>(result.acknowledged) / absl::ToDoubleSeconds(result.elapsed),
              Milliseconds(result, 0.5), Milliseconds(result, 0.99));
  if (result.failed > 0) return Fail(std::string(result.first_failure.message()));
  return 0;
}

int Check(Flags flags) {
  const auto checked = CheckAcknowledged(flags["target"], flags["acknowledged"]);
  if (!checked.ok()) return Fail(std::string(checked.status().message()));
  std::printf("all %zu acknowledged entries are there\n", *checked);
  return 0;
}

int Main(int argc, char** argv) {
  const std::string command = argc > 1 ? argv[1] : "";
  Flags flags;
  for (int i = 2; i < argc; ++i) {
    std::string name = argv[i];
    if (!name.starts_with("--")) return Fail(absl::StrCat("not a flag: ", name));
    name.erase(0, 2);
    const bool has_value = i + 1 < argc && !std::string_view(argv[i + 1]).starts_with("--");
    flags[name] = has_value ? argv[++i] : "";
  }
  if (command == "add") return Add(std::move(flags));
  if (command == "check") return Check(std::move(flags));
  return Fail("give a command: add or check");
}

}  // namespace
}  // namespace candor

int main(int argc, char** argv) { return candor::Main(argc, argv); }
