// SPDX-License-Identifier: Apache-2.0
#include "core/attest/scope.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

absl::Status Exceeds(std::string_view message) {
  return Refuse(absl::StatusCode::kInvalidArgument, "SCOPE_EXCEEDS_GRANT", message);
}

absl::Status CheckPrefixSubset(const PurlPrefix& prefix, const Scope& outer) {
  bool covered = outer.any_product ||
                 std::any_of(outer.purl_prefixes.begin(), outer.purl_prefixes.end(),
                             [&prefix](const PurlPrefix& each) { return each.Covers(prefix); });
  if (covered) return absl::OkStatus();
  return Exceeds(
      absl::StrCat("purlPrefixes has \"", prefix.ToString(), "\", which the grant does not cover"));
}

}  // namespace

bool Scope::HasKind(PredicateKind kind) const {
  return std::any_of(predicates.begin(), predicates.end(),
                     [kind](const std::string& type) { return KindOfPredicate(type) == kind; });
}

bool Scope::CoversPurl(const Purl& purl) const {
  return any_product || std::any_of(purl_prefixes.begin(), purl_prefixes.end(),
                                    [&purl](const PurlPrefix& each) { return each.Covers(purl); });
}

absl::Status CheckScope(const Scope& scope, PredicateKind kind, absl::Span<const Purl> purls) {
  if (!scope.HasKind(kind)) {
    return Refuse(
        absl::StatusCode::kPermissionDenied, "PREDICATE_NOT_GRANTED",
        absl::StrCat("the key's scope does not have predicates of the kind ", KindName(kind)));
  }
  if (purls.empty() && !scope.unnamed) {
    return Refuse(absl::StatusCode::kPermissionDenied, "UNNAMED_NOT_GRANTED",
                  "the statement names no product by purl, and the key's scope does not have "
                  "\"unnamed\": true; add the purl");
  }
  for (const Purl& purl : purls) {
    if (scope.CoversPurl(purl)) continue;
    return Refuse(absl::StatusCode::kPermissionDenied, "PURL_OUTSIDE_SCOPE",
                  absl::StrCat("the purl ", purl.ToString(), " is outside the key's scope"));
  }
  return absl::OkStatus();
}

absl::Status CheckSubset(const Scope& inner, const Scope& outer) {
  for (const std::string& type : inner.predicates) {
    std::optional<PredicateKind> kind = KindOfPredicate(type);
    if (!kind || !outer.HasKind(*kind)) {
      return Exceeds(absl::StrCat("predicates has \"", type, "\", which the grant does not have"));
    }
  }
  for (const PurlPrefix& prefix : inner.purl_prefixes) {
    CANDOR_RETURN_IF_ERROR(CheckPrefixSubset(prefix, outer));
  }
  if (inner.any_product && !outer.any_product) {
    return Exceeds("purlPrefixes is empty, which means any product, but the grant has prefixes");
  }
  if (inner.unnamed && !outer.unnamed) {
    return Exceeds("unnamed is true, but the grant's is not");
  }
  return absl::OkStatus();
}

}  // namespace candor
