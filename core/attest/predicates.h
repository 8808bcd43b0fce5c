// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

// The closed table of predicates: part of admission rules 1, so frozen. A type URI that is not in
// it can not be logged.

namespace candor {

enum class PredicateKind : uint8_t {
  // Product statements: standard ones.
  kRelease,
  kProvenance,
  kSpdx,
  kCycloneDx,
  kOpenVex,
  kVulns,
  kTestResult,
  kVsa,
  kSvr,
  kScai,
  kLink,
  kReference,
  // Product statements: Candor's own.
  kCsafAdvisory,
  kSecurityLabel,
  kAuditReport,
  kCvdEvent,
  kSupportPeriod,
  kCommitment,
  // Registry entries.
  kLogConfig,
  kParticipantKeyset,
  kGrant,
  kKeyRevocation,
  kWithdraw,
  kSupersede,
  kRegistryState,
  kContentRemoval,
};

enum class Role : uint8_t { kVendor = 1, kAssessor = 2, kAuthority = 3 };

inline constexpr std::string_view kReleaseType = "https://in-toto.io/attestation/release/v0.1";
inline constexpr std::string_view kLogConfigType = "urn:candor:predicate:log-config:v1";
inline constexpr std::string_view kParticipantKeysetType =
    "urn:candor:predicate:participant-keyset:v1";

// The kind of a type URI, compared exactly. A kind can have several type URIs (versions); a scope
// that names one of them covers the kind. nullopt when the table does not have it.
std::optional<PredicateKind> KindOfPredicate(std::string_view type_uri);

// "release", "slsa-provenance", ... for people and search.
std::string_view KindName(PredicateKind kind);
std::optional<PredicateKind> KindByName(std::string_view name);

bool IsRegistryKind(PredicateKind kind);
// Every type URI of the table, in the order of the kinds.
absl::Span<const std::string_view> PredicateTypes();

// "vendor", "assessor", "authority".
std::string_view RoleName(Role role);
// INVALID_ARGUMENT with reason ROLE_UNKNOWN.
absl::StatusOr<Role> ParseRole(std::string_view name);
// Whether a grant of this role may contain the kind. Never for registry kinds.
bool RoleMayHave(Role role, PredicateKind kind);

}  // namespace candor
