// SPDX-License-Identifier: Apache-2.0
#include "log/commands.h"

#include <array>
#include <memory>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/config.h"
#include "core/note/signer.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"
#include "log/config.h"
#include "log/init.h"

namespace candor {
namespace {

constexpr char kHelp[] =
    R"(candor-log: a transparency log for software and device releases

  candor-log init --origin ORIGIN --dir FOLDER [--witness-policy FILE]
      makes a new log: its keys, its first entry, and a commented configuration file
  candor-log run --config FILE [flags]
      serves it; this is the default command
  candor-log vkey --config FILE
      prints the log's verifier key, which witnesses and customers need

`candor-log COMMAND --help` explains the options of a command.

Exit codes: 0 ok; 1 failed; 2 command line, configuration or policy; 3 the folder is in use by
another process; 4 the folder is another log's; 5 store or signed checkpoint are damaged; 6 a key file
is missing, damaged or readable by others; 7 the address to listen on is taken; 8 there is no
log in the folder, or one of a newer format; 9 init: the folder exists already.
)";

struct ReasonCode {
  std::string_view reason;
  ExitCode code;
};
constexpr std::array kByReason = {
    ReasonCode{"CONFIG_INVALID", kExitUsage},
    ReasonCode{"POLICY_INVALID", kExitUsage},
    ReasonCode{"ORIGIN_INVALID", kExitUsage},
    ReasonCode{"FOLDER_IN_USE", kExitInUse},
    ReasonCode{"WRONG_ORIGIN", kExitWrongOrigin},
    ReasonCode{"STORE_DAMAGED", kExitDamaged},
    ReasonCode{"SIGNED_CHECKPOINT_DAMAGED", kExitDamaged},
    ReasonCode{"KEY_FILE_NOT_PRIVATE", kExitKey},
    ReasonCode{"MALFORMED_PEM", kExitKey},
    ReasonCode{"MALFORMED_PRIVATE_KEY", kExitKey},
    ReasonCode{"CANNOT_LISTEN", kExitCannotListen},
    ReasonCode{"STORE_NOT_FOUND", kExitNoStore},
    ReasonCode{"LOG_EMPTY", kExitNoStore},
    ReasonCode{"FORMAT_TOO_NEW", kExitNoStore},
    ReasonCode{"FOLDER_EXISTS", kExitExists},
};

CommandOutput Failed(const absl::Status& status) {
  CommandOutput output;
  output.exit_code = ExitCodeOf(status);
  output.err = absl::StrCat("candor-log: ", status.message(), "\n");
  return output;
}

CommandOutput Usage(std::string_view message) {
  CommandOutput output;
  output.exit_code = kExitUsage;
  output.err = absl::StrCat("candor-log: ", std::string(message), "; see candor-log --help\n");
  return output;
}

// Reads the arguments into what `schema` is bound to. False when `output` is the whole answer.
bool Load(ConfigSchema& schema, const std::vector<std::string>& args, CommandOutput* output) {
  const absl::StatusOr<ConfigSchema::CommandLine> line = schema.Load(args);
  if (!line.ok()) {
    *output = Failed(line.status());
    output->exit_code = kExitUsage;
    return false;
  }
  if (line->help) {
    output->out = schema.Help();
    return false;
  }
  if (!line->positionals.empty()) {
    *output = Usage(absl::StrCat("unexpected argument \"", line->positionals.front(), "\""));
    return false;
  }
  return true;
}

CommandOutput Init(const std::vector<std::string>& args, Random* random) {
  InitOptions options;
  ConfigSchema schema("candor-log init --origin ORIGIN --dir FOLDER [flags]",
                      "Makes a new log in a folder that does not exist yet.");
  schema
      .String("origin", &options.origin,
              "the log's name in its checkpoints for ever, for example log.example/releases")
      .Required()
      .String("dir", &options.folder, "the folder to make")
      .Required()
      .String(
          "witness_policy", &options.policy,
          "the trust policy (tlog-policy) with the witnesses to ask, each with its URL, and the "
          "quorum; the file may be written later, before the first run");
  CommandOutput output;
  if (!Load(schema, args, &output)) return output;
  const absl::StatusOr<InitResult> made = InitLog(options, random);
  if (!made.ok()) return Failed(made.status());
  output.out = absl::StrCat(
      "made the log ", options.origin, " in ", options.folder, "\n", "\n",
      "verifier key (for witnesses, policies and customers):\n", made->vkey, "\n", "\n",
      "next steps:\n", "  1. move the registrar key to a safe place, it enrols participants:\n",
      "     ", made->registrar_key_file, " (key hash ", made->registrar_key_hash, ")\n",
      "  2. give the verifier key to the operators of your witnesses\n",
      options.policy.empty()
          ? "  3. write a witness policy and name it in the configuration (policy = FILE);\n"
            "     without one nobody watches that the log keeps its history\n"
          : "  3. see that the witness policy names your witnesses, each with its URL\n",
      "  4. candor-log run --config ", made->config_file, "\n");
  return output;
}

// The whole configuration of a command that works on an existing log.
bool LoadServerConfig(const std::vector<std::string>& args, ServerConfig* config,
                      CommandOutput* output) {
  ConfigSchema schema = BindServerConfig(config);
  if (!Load(schema, args, output)) return false;
  if (const absl::Status complete = CompleteServerConfig(config); !complete.ok()) {
    *output = Failed(complete);
    output->exit_code = kExitUsage;
    return false;
  }
  return true;
}

CommandOutput Vkey(const std::vector<std::string>& args) {
  ServerConfig config;
  CommandOutput output;
  if (!LoadServerConfig(args, &config, &output)) return output;
  const absl::StatusOr<NoteSigner> signer = ReadNoteSigner(config);
  if (!signer.ok()) {
    output = Failed(signer.status());
    output.exit_code = kExitKey;
    return output;
  }
  output.out = absl::StrCat(signer->vkey().ToString(), "\n");
  return output;
}

CommandOutput Run(const std::vector<std::string>& args, const ServeUntil& serve) {
  ServerConfig config;
  CommandOutput output;
  if (!LoadServerConfig(args, &config, &output)) return output;
  const absl::StatusOr<std::unique_ptr<LogServer>> server = LogServer::Start(config);
  if (!server.ok()) return Failed(server.status());
  serve(**server);
  (*server)->Stop();
  return output;
}

}  // namespace

ExitCode ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return kExitOk;
  const std::string reason = ReasonOf(status);
  for (const ReasonCode& known : kByReason) {
    if (reason == known.reason) return known.code;
  }
  if (absl::IsDataLoss(status)) return kExitDamaged;
  // The key is read before anything else: its absence is the likely one.
  if (absl::IsNotFound(status) || absl::IsInvalidArgument(status)) {
    return status.message().find("note_key") == 0 ? kExitKey : kExitUsage;
  }
  return kExitFailed;
}

CommandOutput RunCommand(const std::vector<std::string>& args, Random* random,
                         const ServeUntil& serve) {
  const bool named = !args.empty() && !args[0].starts_with('-');
  const std::string command = named ? args[0] : "run";
  const std::vector<std::string> rest(args.begin() + (named ? 1 : 0), args.end());
  if (command == "help" || (!named && (rest.empty() || rest[0] == "--help"))) {
    CommandOutput output;
    (rest.empty() && !named ? output.err : output.out) = kHelp;
    if (rest.empty() && !named) output.exit_code = kExitUsage;
    return output;
  }
  if (command == "init") return Init(rest, random);
  if (command == "run") return Run(rest, serve);
  if (command == "vkey") return Vkey(rest);
  return Usage(absl::StrCat("unknown command \"", command, "\""));
}

}  // namespace candor
