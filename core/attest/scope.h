// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "core/attest/predicates.h"
#include "core/attest/purl.h"
#include "core/attest/purl_prefix.h"

namespace candor {

inline constexpr size_t kMaxScopePredicates = 64;
inline constexpr size_t kMaxScopePrefixes = 64;

// What a key may say about which products.
struct Scope {
  std::vector<std::string> predicates;  // Type URIs; each stands for its whole kind.
  std::vector<PurlPrefix> purl_prefixes;
  bool unnamed = false;      // May sign statements that name no product.
  bool any_product = false;  // Assessors and authorities without prefixes. Never vendors.

  bool HasKind(PredicateKind kind) const;
  bool CoversPurl(const Purl& purl) const;
  friend bool operator==(const Scope&, const Scope&) = default;
};

// The outer bound of what a participant may ever say.
struct Grant {
  Role role = Role::kVendor;
  Scope scope;
  friend bool operator==(const Grant&, const Grant&) = default;
};

// OK when a key of this scope may sign a statement of this kind about these products.
// PERMISSION_DENIED with reason PREDICATE_NOT_GRANTED, PURL_OUTSIDE_SCOPE or
// UNNAMED_NOT_GRANTED; the message names the purl or the kind.
absl::Status CheckScope(const Scope& scope, PredicateKind kind, absl::Span<const Purl> purls);

// OK when everything that `inner` allows is allowed by `outer`. INVALID_ARGUMENT with reason
// SCOPE_EXCEEDS_GRANT otherwise.
absl::Status CheckSubset(const Scope& inner, const Scope& outer);

}  // namespace candor
