// SPDX-License-Identifier: Apache-2.0
//
// candor-witness: init, run, vkey, example-config.

#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/file_limit.h"
#include "base/log.h"
#include "base/random.h"
#include "base/signal.h"
#include "core/util/status_macros.h"
#include "witness/config.h"
#include "witness/init.h"
#include "witness/server.h"

namespace candor {
namespace {

constexpr char kUsage[] =
    "candor-witness init --dir FOLDER --name NAME [--log VKEY]... [--policy FILE]\n"
    "candor-witness [run] --config FILE [flags]\n"
    "candor-witness vkey --config FILE\n"
    "candor-witness example-config\n"
    "candor-witness COMMAND --help\n";

using Args = std::vector<std::string>;

void Print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

// Loads `schema`; false when only help was asked for, and given.
absl::StatusOr<bool> Load(ConfigSchema& schema, const Args& args) {
  CANDOR_ASSIGN_OR_RETURN(const ConfigSchema::CommandLine line, schema.Load(args));
  if (line.help) Print(schema.Help());
  if (!line.help && !line.positionals.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("unexpected: ", line.positionals.front()));
  }
  return !line.help;
}

absl::Status Init(const Args& args) {
  WitnessInitOptions options;
  ConfigSchema schema("candor-witness init --dir FOLDER --name NAME [--log VKEY]...",
                      "Makes a witness: a folder with its key, its empty state and a configuration "
                      "file. Prints the verifier key.");
  schema.String("dir", &options.folder, "the folder to make; it must not exist").Required();
  schema
      .String("name", &options.name,
              "the witness's name, best a URL without scheme: witness.example/w1")
      .Required();
  schema.StringList("log", &options.logs, "the verifier key of a log to follow");
  schema.String("policy", &options.policy, "a trust policy (tlog-policy) whose logs to follow");
  CANDOR_ASSIGN_OR_RETURN(const bool go_on, Load(schema, args));
  if (!go_on) return absl::OkStatus();
  SystemRandom random;
  CANDOR_ASSIGN_OR_RETURN(const WitnessInitResult result, InitWitness(options, &random));
  Print(absl::StrCat(result.vkey, "\n"));
  std::fprintf(stderr, "made %s; start it with: candor-witness run --config %s\n",
               options.folder.c_str(), result.config_file.c_str());
  return absl::OkStatus();
}

absl::Status Run(const Args& args) {
  // Before any thread starts, so that all of them leave the signals to this one.
  CANDOR_ASSIGN_OR_RETURN(const std::unique_ptr<ShutdownSignal> shutdown, ShutdownSignal::Create());
  WitnessConfig config;
  ConfigSchema schema = BindWitnessConfig(&config);
  CANDOR_ASSIGN_OR_RETURN(const bool go_on, Load(schema, args));
  if (!go_on) return absl::OkStatus();
  CANDOR_RETURN_IF_ERROR(CompleteWitnessConfig(&config));
  CANDOR_ASSIGN_OR_RETURN(const std::unique_ptr<WitnessServer> server,
                          WitnessServer::Start(config, SystemClock::Get()));
  Print(absl::StrCat("listening on ", server->url(), "\n"));
  const int signal = shutdown->Wait();
  LogInfo("witness stops", {{"signal", signal}});
  server->Stop();
  return absl::OkStatus();
}

absl::Status Vkey(const Args& args) {
  WitnessConfig config;
  ConfigSchema schema = BindWitnessConfig(&config);
  CANDOR_ASSIGN_OR_RETURN(const bool go_on, Load(schema, args));
  if (!go_on) return absl::OkStatus();
  CANDOR_RETURN_IF_ERROR(CompleteWitnessConfig(&config));
  CANDOR_ASSIGN_OR_RETURN(const Cosigner cosigner, LoadCosigner(config));
  Print(absl::StrCat(cosigner.vkey().ToString(), "\n"));
  return absl::OkStatus();
}

absl::Status Dispatch(Args args) {
  if (args.empty() || args[0] == "--help" || args[0] == "help") {
    Print(kUsage);
    return absl::OkStatus();
  }
  if (args[0].starts_with("-")) return Run(args);
  const std::string command = args[0];
  args.erase(args.begin());
  if (command == "init") return Init(args);
  if (command == "run") return Run(args);
  if (command == "vkey") return Vkey(args);
  if (command == "example-config") {
    WitnessConfig config;
    Print(BindWitnessConfig(&config).ExampleFile());
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat("there is no command ", command, ":\n", kUsage));
}

}  // namespace
}  // namespace candor

int main(int argc, char** argv) {
  candor::RaiseFileLimit();
  const absl::Status status = candor::Dispatch(std::vector<std::string>(argv + 1, argv + argc));
  if (status.ok()) return 0;
  std::fprintf(stderr, "candor-witness: %s\n", std::string(status.message()).c_str());
  return absl::IsInvalidArgument(status) ? 2 : 1;
}
