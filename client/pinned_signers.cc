// SPDX-License-Identifier: Apache-2.0
#include "client/pinned_signers.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/terminal_text.h"
#include "core/attest/dsse.h"
#include "core/attest/predicates.h"
#include "core/attest/purl.h"
#include "core/attest/purl_prefix.h"
#include "core/util/reason.h"

namespace candor {
namespace {

absl::Status Denied(std::string_view reason, std::string_view message) {
  return Refuse(absl::StatusCode::kPermissionDenied, reason, message);
}

void AddSigner(const Participants::Match& match, std::vector<PinnedSigner>* signers) {
  auto it = std::find_if(signers->begin(), signers->end(), [&](const PinnedSigner& signer) {
    return signer.participant == match.participant;
  });
  if (it == signers->end()) it = signers->insert(it, PinnedSigner{match.participant, {}});
  it->key_names.push_back(match.key->name);
}

}  // namespace

absl::StatusOr<std::vector<PinnedSigner>> FindPinnedSigners(const Entry& entry,
                                                            std::string_view payload,
                                                            const Participants& participants) {
  const std::string message = Pae(entry.payload_type(), payload);
  std::vector<PinnedSigner> signers;
  for (const EntrySignature& signature : entry.signatures()) {
    const Participants::Match match = participants.Find(signature.key);
    if (!match) continue;
    const PublicKey& key = match.key->key;
    if (key.algorithm() != signature.algorithm || !key.Verify(message, signature.signature).ok()) {
      return Denied("SIGNATURE_INVALID",
                    absl::StrCat("the signature under key ", match.key->name, " of ",
                                 match.participant->name, " is invalid"));
    }
    AddSigner(match, &signers);
  }
  return signers;
}

absl::Status CheckPinnedScope(const PinnedParticipant& participant, const EntryContent& content) {
  const std::vector<PredicateKind>& accept = participant.accept;
  if (std::find(accept.begin(), accept.end(), content.kind) == accept.end()) {
    return Denied("KIND_NOT_ACCEPTED",
                  absl::StrCat("a ", KindName(content.kind), " statement by ", participant.name,
                               " does not count: that kind is not accepted from it"));
  }
  if (participant.any_product) return absl::OkStatus();
  if (content.purls.empty()) {
    return Denied("PRODUCT_NOT_NAMED",
                  "the statement names no product, so it lies outside every allowed prefix");
  }
  for (const Purl& purl : content.purls) {
    const bool covered = std::any_of(participant.allow.begin(), participant.allow.end(),
                                     [&](const PurlPrefix& prefix) { return prefix.Covers(purl); });
    if (covered) continue;
    return Denied(
        "PRODUCT_NOT_ALLOWED",
        absl::StrCat("the statement is outside the participant's prefixes: ", participant.name,
                     " may not speak about ", ForTerminal(purl.ToString())));
  }
  return absl::OkStatus();
}

}  // namespace candor
