// SPDX-License-Identifier: Apache-2.0
#include "client/enrollment.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/terminal_text.h"
#include "core/attest/content.h"
#include "core/attest/envelope_signer.h"
#include "core/attest/predicates.h"
#include "core/attest/purl_prefix.h"
#include "core/crypto/signature.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

// The type URI of a kind's name, or of itself.
absl::StatusOr<std::string> PredicateUri(std::string_view name) {
  if (KindOfPredicate(name)) return std::string(name);
  const std::optional<PredicateKind> kind = KindByName(name);
  for (const std::string_view uri : PredicateTypes()) {
    if (kind && KindOfPredicate(uri) == kind && !IsRegistryKind(*kind)) return std::string(uri);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", ForTerminal(name), "\" is not a kind of statement; for example: release, openvex"));
}

absl::StatusOr<Scope> ScopeOf(const EnrollmentTerms& terms) {
  Scope scope;
  for (const std::string& name : terms.predicates) {
    CANDOR_ASSIGN_OR_RETURN(std::string uri, PredicateUri(name));
    scope.predicates.push_back(std::move(uri));
  }
  for (const std::string& text : terms.purl_prefixes) {
    CANDOR_ASSIGN_OR_RETURN(PurlPrefix prefix, PurlPrefix::Parse(text));
    scope.purl_prefixes.push_back(std::move(prefix));
  }
  scope.unnamed = terms.unnamed;
  scope.any_product = terms.role != Role::kVendor && terms.purl_prefixes.empty();
  return scope;
}

std::string KindWords(const Scope& scope) {
  return absl::StrJoin(scope.predicates, ", ", [](std::string* out, const std::string& uri) {
    const std::optional<PredicateKind> kind = KindOfPredicate(uri);
    out->append(kind ? std::string(KindName(*kind)) : ForTerminal(uri));
  });
}

std::string KeyWords(std::string_view use, const PublicKey& key) {
  return absl::StrCat("  ", use, "  ", key.key_hash().hex(), "  ", AlgorithmName(key.algorithm()),
                      "\n");
}

bool Signed(const DsseEnvelope& envelope, std::string_view message, const PublicKey& key) {
  const std::string keyid = key.key_hash().hex();
  return std::any_of(envelope.signatures.begin(), envelope.signatures.end(),
                     [&](const DsseSignature& candidate) {
                       if (candidate.keyid != keyid) return false;
                       const absl::StatusOr<std::string> canonical =
                           NormaliseSignature(key.algorithm(), candidate.signature);
                       return canonical.ok() && key.Verify(message, *canonical).ok();
                     });
}

}  // namespace

absl::StatusOr<std::string> MakeEnrollmentRequest(
    const EnrollmentTerms& terms, absl::Span<const PrivateKey* const> roots,
    absl::Span<const PrivateKey* const> signing_keys) {
  ParticipantKeyset keyset;
  keyset.origin = terms.origin;
  keyset.participant = terms.participant;
  keyset.threshold = terms.threshold;
  keyset.contact = terms.contact;
  keyset.grant.role = terms.role;
  CANDOR_ASSIGN_OR_RETURN(keyset.grant.scope, ScopeOf(terms));
  std::vector<const PrivateKey*> all;
  for (const PrivateKey* key : roots) {
    keyset.roots.push_back(key->public_key());
    all.push_back(key);
  }
  for (const PrivateKey* key : signing_keys) {
    keyset.keys.push_back({key->public_key(), keyset.grant.scope});
    all.push_back(key);
  }
  CANDOR_ASSIGN_OR_RETURN(const std::string payload, BuildParticipantKeysetStatement(keyset));
  CANDOR_ASSIGN_OR_RETURN(const DsseEnvelope envelope,
                          SignEnvelope(kInTotoPayloadType, payload, all));
  return FormatEnvelope(envelope);
}

absl::StatusOr<Enrollment> ReadEnrollment(std::string_view envelope_json) {
  Enrollment enrollment;
  CANDOR_ASSIGN_OR_RETURN(enrollment.envelope, ParseEnvelope(envelope_json));
  const DsseEnvelope& envelope = enrollment.envelope;
  CANDOR_ASSIGN_OR_RETURN(EntryContent content,
                          ExamineContent(envelope.payload_type, envelope.payload));
  if (!content.keyset) {
    return absl::InvalidArgumentError(
        absl::StrCat("this is a ", KindName(content.kind),
                     " statement and not an enrolment; make one with: candor enroll request"));
  }
  enrollment.keyset = *std::move(content.keyset);
  const std::string message = Pae(envelope.payload_type, envelope.payload);
  for (const PublicKey& key : KeysetKeys(enrollment.keyset)) {
    if (Signed(envelope, message, key)) continue;
    return Refuse(absl::StatusCode::kPermissionDenied, "POSSESSION_MISSING",
                  absl::StrCat("the listed key ", key.key_hash().hex(),
                               " did not sign the request, so nobody has shown to hold it"));
  }
  return enrollment;
}

std::string EnrollmentWords(const ParticipantKeyset& keyset) {
  const Scope& scope = keyset.grant.scope;
  std::string out = absl::StrCat("participant:  ", ForTerminal(keyset.participant),
                                 "\nlog:          ", ForTerminal(keyset.origin),
                                 "\nrole:         ", RoleName(keyset.grant.role),
                                 "\nmay publish:  ", KindWords(scope), "\nabout:        ");
  if (scope.any_product) {
    out += "any product";
  } else {
    out += absl::StrJoin(scope.purl_prefixes, "\n              ",
                         [](std::string* to, const PurlPrefix& prefix) {
                           to->append(ForTerminal(prefix.ToString(), 2048));
                         });
  }
  if (scope.unnamed) out += "\n              and statements that name no product";
  if (!keyset.contact.empty()) {
    absl::StrAppend(&out, "\ncontact:      ", ForTerminal(keyset.contact));
  }
  absl::StrAppend(&out, "\nkeys (", keyset.threshold, " of ", keyset.roots.size(),
                  " roots decide about later changes):\n");
  for (const PublicKey& key : keyset.roots) out += KeyWords("root   ", key);
  for (const SigningKey& key : keyset.keys) out += KeyWords("signing", key.key);
  return out;
}

absl::StatusOr<std::string> ApproveEnrollment(const Enrollment& enrollment,
                                              absl::Span<const PrivateKey* const> registrar_keys) {
  DsseEnvelope envelope = enrollment.envelope;
  CANDOR_RETURN_IF_ERROR(AddSignatures(envelope, registrar_keys));
  return FormatEnvelope(envelope);
}

}  // namespace candor
