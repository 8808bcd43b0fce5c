// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/generate_key.h"
#include "base/key_file.h"
#include "base/random.h"
#include "client/cli/command.h"
#include "client/cli/files.h"
#include "core/crypto/private_key.h"
#include "core/util/encoding.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

absl::StatusOr<KeyAlgorithm> AlgorithmOfFlag(std::string_view name) {
  if (name == "ecdsa-p256") return KeyAlgorithm::kEcdsaP256Sha256;
  return ParseAlgorithmName(name);
}

absl::StatusOr<PublicKey> MakeKey(const std::string& path, KeyAlgorithm algorithm) {
  const std::string public_path = path + ".pub";
  if (access(public_path.c_str(), F_OK) == 0) {
    return absl::AlreadyExistsError(
        absl::StrCat(public_path, " exists already and is not overwritten; choose another name"));
  }
  SystemRandom random;
  CANDOR_ASSIGN_OR_RETURN(const PrivateKey key, GenerateKey(algorithm, &random));
  CANDOR_RETURN_IF_ERROR(WriteKeyFile(path, key));
  CANDOR_RETURN_IF_ERROR(CreatePublicFile(public_path, key.public_key().pem()));
  return key.public_key();
}

}  // namespace

int RunKeygen(CommandIo& io, Arguments arguments) {
  std::string out;
  std::string algorithm_name = "ed25519";
  bool json = false;
  FlagSet flags("candor keygen", "--out FILE [--alg ed25519|ecdsa-p256]",
                "Makes a signing key: FILE is the private key (PEM PKCS#8, readable by you only),\n"
                "FILE.pub the public key (PEM). Existing files are never overwritten.");
  flags.String("out", "FILE", "Where the private key goes.", &out);
  flags.String("alg", "NAME", "ed25519 (default) or ecdsa-p256.", &algorithm_name);
  flags.Bool("json", "Print the result as JSON.", &json);
  flags.Epilogue("Keep FILE secret and back it up. Give FILE.pub to the people who verify.");
  int exit_code = 0;
  if (!ParseFlags(io, flags, arguments, &exit_code)) return exit_code;
  if (out.empty()) return FailUsage(io, "candor keygen", "--out is missing: name the key file");
  const absl::StatusOr<KeyAlgorithm> algorithm = AlgorithmOfFlag(algorithm_name);
  if (!algorithm.ok()) return FailUsage(io, "candor keygen", "--alg is ed25519 or ecdsa-p256");

  const absl::StatusOr<PublicKey> key = MakeKey(out, *algorithm);
  if (!key.ok()) return Fail(io, key.status(), json);
  const std::string spki = Base64Encode(key->spki());
  if (json) {
    PrintJson(io, {{"privateKey", out},
                   {"publicKey", out + ".pub"},
                   {"alg", AlgorithmName(key->algorithm())},
                   {"keyhash", key->key_hash().hex()},
                   {"spki", spki}});
    return kExitYes;
  }
  io.out << "private key: " << out << " (keep it secret)\npublic key:  " << out
         << ".pub\nkey hash:    " << key->key_hash().hex() << "\nfor a participants file: key NAME "
         << spki << "\n";
  return kExitYes;
}

}  // namespace candor
