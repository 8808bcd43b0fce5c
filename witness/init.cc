// SPDX-License-Identifier: Apache-2.0
#include "witness/init.h"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/durable_file.h"
#include "base/generate_key.h"
#include "base/io.h"
#include "base/key_file.h"
#include "core/note/signer.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"
#include "witness/config.h"
#include "witness/state/rocksdb_witness_state.h"

namespace candor {
namespace {

absl::Status MakeFolder(const std::string& path) {
  if (mkdir(path.c_str(), 0700) == 0) return absl::OkStatus();
  if (errno != EEXIST) return ErrnoStatus(errno, "make", path);
  return Refuse(
      absl::StatusCode::kAlreadyExists, "FOLDER_EXISTS",
      absl::StrCat(path, " exists already; give a folder that does not, nothing was changed"));
}

std::string Absolute(const std::string& path) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  return error ? path : absolute.lexically_normal().string();
}

// The example file, preceded by the values that are known.
std::string ConfigText(const WitnessInitOptions& options, const std::string& folder) {
  std::string text = absl::StrCat(
      "# Made by `candor-witness init`. `candor-witness run --help` explains each option.\n",
      "name = ", options.name, "\ndata_dir = ", folder, "\n");
  for (const std::string& log : options.logs) absl::StrAppend(&text, "log = ", log, "\n");
  if (!options.policy.empty()) {
    absl::StrAppend(&text, "policy = ", Absolute(options.policy), "\n");
  }
  WitnessConfig defaults;
  return absl::StrCat(text, "\n", BindWitnessConfig(&defaults).ExampleFile());
}

absl::StatusOr<WitnessInitResult> FillFolder(const WitnessInitOptions& options,
                                             const WitnessLayout& layout, Random* random) {
  CANDOR_ASSIGN_OR_RETURN(PrivateKey key, GenerateKey(KeyAlgorithm::kEd25519, random));
  CANDOR_RETURN_IF_ERROR(WriteKeyFile(layout.KeyFile(), key));
  CANDOR_ASSIGN_OR_RETURN(const Cosigner cosigner, Cosigner::Create(options.name, std::move(key)));
  CANDOR_RETURN_IF_ERROR(MakeFolder(layout.State()));
  CANDOR_RETURN_IF_ERROR(RocksDbWitnessState::Create(layout.State(), cosigner.vkey()));
  CANDOR_RETURN_IF_ERROR(
      DurableFile(layout.ConfigFile()).Replace(ConfigText(options, layout.folder)));
  return WitnessInitResult{.vkey = cosigner.vkey().ToString(), .config_file = layout.ConfigFile()};
}

}  // namespace

absl::StatusOr<WitnessInitResult> InitWitness(const WitnessInitOptions& options, Random* random) {
  WitnessConfig config;
  config.name = options.name;
  config.logs = options.logs;
  CANDOR_RETURN_IF_ERROR(CompleteWitnessConfig(&config));
  if (!config.logs.empty()) CANDOR_RETURN_IF_ERROR(LoadFollowedLogs(config).status());

  const WitnessLayout layout(Absolute(options.folder));
  CANDOR_RETURN_IF_ERROR(MakeFolder(layout.folder));
  absl::StatusOr<WitnessInitResult> result = FillFolder(options, layout, random);
  if (!result.ok()) {
    std::error_code ignored;
    std::filesystem::remove_all(layout.folder, ignored);
  }
  return result;
}

}  // namespace candor
