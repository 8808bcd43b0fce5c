// SPDX-License-Identifier: Apache-2.0
#include "witness/init.h"

#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/durable_file.h"
#include "base/generate_key.h"
#include "base/io.h"
#include "base/key_file.h"
#include "base/new_folder.h"
#include "core/note/signer.h"
#include "core/util/status_macros.h"
#include "witness/config.h"
#include "witness/state/rocksdb_witness_state.h"

namespace candor {
namespace {

// The example file, preceded by the values that are known.
std::string ConfigText(const WitnessInitOptions& options, const std::string& folder) {
  std::string text = absl::StrCat(
      "# Made by `candor-witness init`. `candor-witness run --help` explains each option.\n",
      "name = ", options.name, "\ndata_dir = ", folder, "\n");
  for (const std::string& log : options.logs) absl::StrAppend(&text, "log = ", log, "\n");
  if (!options.policy.empty()) {
    absl::StrAppend(&text, "policy = ", AbsolutePath(options.policy), "\n");
  }
  WitnessConfig defaults;
  return absl::StrCat(text, "\n", BindWitnessConfig(&defaults).ExampleFile());
}

// Makes everything at `layout`, which is to become the folder `final_path`; answers the vkey.
absl::StatusOr<std::string> FillFolder(const WitnessInitOptions& options,
                                       const WitnessLayout& layout, const std::string& final_path,
                                       Random* random) {
  CANDOR_ASSIGN_OR_RETURN(PrivateKey key, GenerateKey(KeyAlgorithm::kEd25519, random));
  CANDOR_RETURN_IF_ERROR(WriteKeyFile(layout.KeyFile(), key));
  CANDOR_ASSIGN_OR_RETURN(const Cosigner cosigner, Cosigner::Create(options.name, std::move(key)));
  if (mkdir(layout.State().c_str(), 0700) != 0) return ErrnoStatus(errno, "make", layout.State());
  CANDOR_RETURN_IF_ERROR(RocksDbWitnessState::Create(layout.State(), cosigner.vkey()));
  CANDOR_RETURN_IF_ERROR(DurableFile(layout.ConfigFile()).Replace(ConfigText(options, final_path)));
  return cosigner.vkey().ToString();
}

}  // namespace

absl::StatusOr<WitnessInitResult> InitWitness(const WitnessInitOptions& options, Random* random) {
  WitnessConfig config;
  config.name = options.name;
  config.logs = options.logs;
  CANDOR_RETURN_IF_ERROR(CompleteWitnessConfig(&config));
  if (!config.logs.empty()) CANDOR_RETURN_IF_ERROR(LoadFollowedLogs(config).status());

  const std::string path = AbsolutePath(options.folder);
  CANDOR_ASSIGN_OR_RETURN(const std::unique_ptr<NewFolder> folder, NewFolder::Create(path));
  CANDOR_ASSIGN_OR_RETURN(std::string vkey,
                          FillFolder(options, WitnessLayout(folder->staging()), path, random));
  CANDOR_RETURN_IF_ERROR(folder->Commit());
  return WitnessInitResult{.vkey = std::move(vkey),
                           .config_file = WitnessLayout(path).ConfigFile()};
}

}  // namespace candor
