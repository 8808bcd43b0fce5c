// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/crypto/public_key.h"
#include "core/crypto/signature.h"
#include "tests/fuzz/targets.h"

namespace candor {
namespace {

// Every form of a signature that is accepted leads to one canonical form and back.
FuzzOutcome CheckSignature(KeyAlgorithm algorithm, std::string_view input) {
  const absl::StatusOr<std::string> canonical = NormaliseSignature(algorithm, input);
  if (!canonical.ok()) return std::nullopt;
  if (canonical->size() != kSignatureSize) return "a canonical signature of another size";
  const absl::StatusOr<std::string> again = NormaliseSignature(algorithm, *canonical);
  if (!again.ok() || *again != *canonical) return "the canonical form is not canonical";
  const absl::StatusOr<std::string> back =
      NormaliseSignature(algorithm, SignatureForOthers(algorithm, *canonical));
  return back.ok() && *back == *canonical ? "" : "the form for others is another signature";
}

}  // namespace

FuzzOutcome FuzzPublicKey(std::string_view input) {
  const absl::StatusOr<PublicKey> der = PublicKey::FromSpki(input);
  if (der.ok() && der->spki() != input) return "encoding what was decoded gives other bytes";
  const absl::StatusOr<PublicKey> pem = PublicKey::FromPem(input);
  if (pem.ok()) {
    const absl::StatusOr<PublicKey> again = PublicKey::FromPem(pem->pem());
    if (!again.ok() || *again != *pem) return "a key changes when it is written and read";
  }
  for (const absl::StatusOr<PublicKey>* key : {&der, &pem}) {
    if (key->ok() && (*key)->Verify("message", std::string(kSignatureSize, '\1')).ok()) {
      return "a made up signature verifies";
    }
  }
  return der.ok() || pem.ok() ? FuzzOutcome("") : std::nullopt;
}

FuzzOutcome FuzzSignature(std::string_view input) {
  const FuzzOutcome ecdsa = CheckSignature(KeyAlgorithm::kEcdsaP256Sha256, input);
  const FuzzOutcome ed25519 = CheckSignature(KeyAlgorithm::kEd25519, input);
  return ecdsa.value_or("").empty() && ed25519.has_value() ? ed25519 : ecdsa;
}

}  // namespace candor
