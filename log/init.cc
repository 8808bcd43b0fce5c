// SPDX-License-Identifier: Apache-2.0
#include "log/init.h"

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
#include "core/attest/dsse.h"
#include "core/attest/envelope_signer.h"
#include "core/attest/registry_entries.h"
#include "core/note/signer.h"
#include "core/util/status_macros.h"
#include "log/config.h"
#include "log/sequencer/genesis/genesis.h"
#include "log/storage/rocksdb_log_store.h"

namespace candor {
namespace {

absl::StatusOr<PrivateKey> NewKey(const std::string& path, Random* random) {
  CANDOR_ASSIGN_OR_RETURN(PrivateKey key, GenerateKey(KeyAlgorithm::kEd25519, random));
  CANDOR_RETURN_IF_ERROR(WriteKeyFile(path, key));
  return key;
}

absl::StatusOr<DsseEnvelope> FirstEntry(const std::string& origin, const PrivateKey& registrar,
                                        const PrivateKey& state) {
  LogConfig config;
  config.origin = origin;
  config.registrar_keys.push_back(registrar.public_key());
  config.state_keys.push_back(state.public_key());
  CANDOR_ASSIGN_OR_RETURN(const std::string payload, BuildLogConfigStatement(config));
  const PrivateKey* const keys[] = {&registrar};
  return SignEnvelope(kInTotoPayloadType, payload, keys);
}

absl::Status MakeStore(const LogLayout& layout, const std::string& origin,
                       const DsseEnvelope& first) {
  if (mkdir(layout.Store().c_str(), 0700) != 0) return ErrnoStatus(errno, "make", layout.Store());
  RocksDbLogStoreOptions options;
  options.folder = layout.Store();
  options.origin = origin;
  CANDOR_ASSIGN_OR_RETURN(const std::unique_ptr<RocksDbLogStore> store,
                          RocksDbLogStore::Create(options));
  CANDOR_RETURN_IF_ERROR(CreateLog(*store, origin, first).status());
  return store->Flush();
}

// The example file with the three values that are known.
std::string ConfigText(const InitOptions& options) {
  ServerConfig defaults;
  std::string text = BindServerConfig(&defaults).ExampleFile();
  std::string head =
      absl::StrCat("# Made by `candor-log init`. `candor-log run --help` explains each option.\n",
                   "origin = ", options.origin, "\n", "data_dir = ", options.folder, "\n");
  if (!options.policy.empty()) absl::StrAppend(&head, "policy = ", options.policy, "\n");
  return absl::StrCat(head, "\n", text);
}

}  // namespace

absl::StatusOr<InitResult> InitLog(const InitOptions& options, Random* random) {
  CANDOR_RETURN_IF_ERROR(CheckOrigin(options.origin));
  InitOptions absolute = options;
  absolute.folder = AbsolutePath(options.folder);
  if (!options.policy.empty()) absolute.policy = AbsolutePath(options.policy);
  CANDOR_ASSIGN_OR_RETURN(const std::unique_ptr<NewFolder> folder,
                          NewFolder::Create(absolute.folder));
  const LogLayout layout(folder->staging());
  const std::string keys = layout.folder + "/keys";
  if (mkdir(keys.c_str(), 0700) != 0) return ErrnoStatus(errno, "make", keys);

  CANDOR_ASSIGN_OR_RETURN(PrivateKey note_key, NewKey(layout.NoteKey(), random));
  CANDOR_ASSIGN_OR_RETURN(const PrivateKey registrar, NewKey(layout.RegistrarKey(), random));
  CANDOR_ASSIGN_OR_RETURN(const PrivateKey state, NewKey(layout.StateKey(), random));
  CANDOR_ASSIGN_OR_RETURN(const DsseEnvelope first, FirstEntry(options.origin, registrar, state));
  CANDOR_RETURN_IF_ERROR(MakeStore(layout, options.origin, first));
  CANDOR_RETURN_IF_ERROR(DurableFile(layout.ConfigFile()).Replace(ConfigText(absolute)));
  CANDOR_ASSIGN_OR_RETURN(const NoteSigner signer,
                          NoteSigner::Create(options.origin, std::move(note_key)));
  CANDOR_RETURN_IF_ERROR(folder->Commit());

  const LogLayout made(absolute.folder);
  InitResult result;
  result.vkey = signer.vkey().ToString();
  result.config_file = made.ConfigFile();
  result.registrar_key_file = made.RegistrarKey();
  result.registrar_key_hash = registrar.public_key().key_hash().hex();
  return result;
}

}  // namespace candor
