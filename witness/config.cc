// SPDX-License-Identifier: Apache-2.0
#include "witness/config.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/io.h"
#include "core/note/key_name.h"
#include "core/note/policy.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

absl::Status Invalid(std::string_view message) {
  return Refuse(absl::StatusCode::kInvalidArgument, "CONFIG_INVALID", message);
}

absl::Status AddLog(VerifierKey vkey, std::vector<VerifierKey>& logs) {
  if (!vkey.supported()) {
    return Invalid(
        absl::StrCat("the log key ", vkey.name(),
                     " has a type that this program can not verify: use a key of type 1"));
  }
  if (std::find(logs.begin(), logs.end(), vkey) != logs.end()) {
    return Invalid(absl::StrCat("the log key ", vkey.ToString(), " is given twice"));
  }
  logs.push_back(std::move(vkey));
  return absl::OkStatus();
}

}  // namespace

ConfigSchema BindWitnessConfig(WitnessConfig* config) {
  ConfigSchema schema("candor-witness run --config FILE [flags]",
                      "Cosigns the checkpoints of the logs it follows, after checking that each "
                      "log only grows. Every "
                      "option can stand in the file or be a flag.");
  schema.Section("The witness")
      .String(
          "name", &config->name,
          "the witness's name in its cosignatures, for example witness.example/w1; never changes")
      .Required()
      .String("data_dir", &config->data_dir,
              "the folder that `candor-witness init` made; one process at a time may use it")
      .Required()
      .String("key", &config->key, "the key file that cosigns; default: witness.key in data_dir");
  schema.Section("Logs")
      .StringList("log", &config->logs,
                  "the verifier key of a log to follow, named as the log's origin; one line each")
      .String("policy", &config->policy,
              "a trust policy (tlog-policy) whose logs are followed too; its other lines do not "
              "matter");
  schema.Section("Network")
      .String("listen", &config->listen, "address and port for HTTP; port 0 lets the system choose")
      .String("port_file", &config->port_file,
              "a file to write the bound port to, as JSON, once it is listening");
  BindTlsFiles(schema, &config->tls, "the port speaks");
  schema.Int("threads", &config->threads, 1, 256,
             "submissions that are checked and stored at once");
  BindHttpLimits(schema, &config->http_limits);
  return schema;
}

absl::Status CompleteWitnessConfig(WitnessConfig* config) {
  CANDOR_RETURN_IF_ERROR(Annotate(CheckKeyName(config->name), "name"));
  CANDOR_RETURN_IF_ERROR(CheckTlsFiles(config->tls));
  CANDOR_RETURN_IF_ERROR(ParseListenOption("listen", config->listen).status());
  if (config->key.empty()) config->key = WitnessLayout(config->data_dir).KeyFile();
  return absl::OkStatus();
}

absl::StatusOr<std::vector<VerifierKey>> LoadFollowedLogs(const WitnessConfig& config) {
  std::vector<VerifierKey> logs;
  for (const std::string& text : config.logs) {
    absl::StatusOr<VerifierKey> vkey = VerifierKey::Parse(text);
    if (!vkey.ok()) {
      return Invalid(absl::StrCat("log = ", text.substr(0, 200), ": ", vkey.status().message()));
    }
    CANDOR_RETURN_IF_ERROR(AddLog(*std::move(vkey), logs));
  }
  if (!config.policy.empty()) {
    CANDOR_ASSIGN_OR_RETURN(const std::string text,
                            ReadFileBounded(config.policy, kMaxPolicyBytes));
    const absl::StatusOr<Policy> policy = Policy::Parse(text);
    if (!policy.ok()) return Annotate(policy.status(), config.policy);
    for (const VerifierKey& vkey : policy->log_keys()) {
      CANDOR_RETURN_IF_ERROR(AddLog(vkey, logs));
    }
  }
  if (logs.empty()) {
    return Invalid("there is no log to follow: give `log = <verifier key>` or a policy");
  }
  return logs;
}

}  // namespace candor
