// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/statements.h"

#include "absl/strings/str_cat.h"
#include "core/attest/dsse.h"
#include "core/attest/envelope_signer.h"
#include "core/attest/statement_builder.h"
#include "core/crypto/hash.h"
#include "core/util/status_macros.h"

namespace candor {

absl::StatusOr<std::vector<std::string>> MakeReleaseEnvelopes(const PrivateKey& key,
                                                              std::string_view purl_prefix,
                                                              std::string_view run, size_t count) {
  std::vector<std::string> envelopes;
  envelopes.reserve(count);
  const PrivateKey* const keys[] = {&key};
  for (size_t i = 0; i < count; ++i) {
    const std::string name = absl::StrCat("load-", run, "-", i);
    Subject subject;
    subject.name = absl::StrCat(name, ".img");
    subject.digest["sha256"] = Sha256(name).hex();
    CANDOR_ASSIGN_OR_RETURN(
        const std::string payload,
        BuildReleaseStatement({subject}, absl::StrCat(purl_prefix, "load@", run, ".", i)));
    CANDOR_ASSIGN_OR_RETURN(const DsseEnvelope envelope,
                            SignEnvelope(kInTotoPayloadType, payload, keys));
    CANDOR_ASSIGN_OR_RETURN(std::string json, FormatEnvelope(envelope));
    envelopes.push_back(std::move(json));
  }
  return envelopes;
}

}  // namespace candor
