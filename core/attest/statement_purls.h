// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "core/attest/predicates.h"
#include "core/attest/purl.h"
#include "core/attest/statement.h"

namespace candor {

inline constexpr size_t kMaxStatementPurls = 4096;  // Different ones.

// The products that a statement speaks about, ascending, each once: purls in a subject's `uri` and
// `name`, and in the fields that the table of rules 1 names for the kind:
//
//   release, support-period   purl                             (must be a purl)
//   vsa                       resourceUri                      (when it is a purl)
//   cyclonedx                 metadata.component.purl          (must be a purl)
//   openvex                   statements[].products[]: @id, identifiers.purl, or the text itself
//                                                              (when they are purls)
//   security-label            scope.firmware[]                 (must be purls)
//
// Other purls of a predicate (a scanner, a dependency, a subcomponent) are not what it speaks
// about. Text that begins with "pkg:" but is not a valid purl is an error and not a mere name, so
// that nothing slips past a scope. INVALID_ARGUMENT with reason PURL_INVALID or TOO_MANY_PURLS,
// naming the field.
absl::StatusOr<std::vector<Purl>> StatementPurls(const Statement& statement, PredicateKind kind);

}  // namespace candor
