// SPDX-License-Identifier: Apache-2.0
#include "core/attest/predicates.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "core/util/reason.h"

namespace candor {
namespace {

constexpr uint8_t kV = 1;   // Vendors may be granted it.
constexpr uint8_t kAs = 2;  // Assessors.
constexpr uint8_t kAu = 4;  // Authorities.

struct KindRow {
  PredicateKind kind;
  std::string_view name;
  uint8_t roles;  // 0: a registry entry.
};

// In the order of the enumeration.
constexpr std::array kKinds = {
    KindRow{PredicateKind::kRelease, "release", kV},
    KindRow{PredicateKind::kProvenance, "slsa-provenance", kV},
    KindRow{PredicateKind::kSpdx, "spdx", kV},
    KindRow{PredicateKind::kCycloneDx, "cyclonedx", kV},
    KindRow{PredicateKind::kOpenVex, "openvex", kV | kAu},
    KindRow{PredicateKind::kVulns, "vulns", kV | kAs | kAu},
    KindRow{PredicateKind::kTestResult, "test-result", kV | kAs},
    KindRow{PredicateKind::kVsa, "vsa", kV | kAs | kAu},
    KindRow{PredicateKind::kSvr, "svr", kV | kAs | kAu},
    KindRow{PredicateKind::kScai, "scai", kV | kAs},
    KindRow{PredicateKind::kLink, "link", kV},
    KindRow{PredicateKind::kReference, "reference", kV | kAs | kAu},
    KindRow{PredicateKind::kCsafAdvisory, "csaf-advisory", kV | kAu},
    KindRow{PredicateKind::kSecurityLabel, "security-label", kAu},
    KindRow{PredicateKind::kAuditReport, "audit-report", kAs | kAu},
    KindRow{PredicateKind::kCvdEvent, "cvd-event", kV | kAu},
    KindRow{PredicateKind::kSupportPeriod, "support-period", kV},
    KindRow{PredicateKind::kCommitment, "commitment", kV | kAs | kAu},
    KindRow{PredicateKind::kLogConfig, "log-config", 0},
    KindRow{PredicateKind::kParticipantKeyset, "participant-keyset", 0},
    KindRow{PredicateKind::kGrant, "grant", 0},
    KindRow{PredicateKind::kKeyRevocation, "key-revocation", 0},
    KindRow{PredicateKind::kWithdraw, "withdraw", 0},
    KindRow{PredicateKind::kSupersede, "supersede", 0},
    KindRow{PredicateKind::kRegistryState, "registry-state", 0},
    KindRow{PredicateKind::kContentRemoval, "content-removal", 0},
};

struct TypeRow {
  std::string_view uri;
  PredicateKind kind;
};

constexpr std::array kTypes = {
    TypeRow{kReleaseType, PredicateKind::kRelease},
    TypeRow{"https://in-toto.io/attestation/release/v0.2", PredicateKind::kRelease},
    // What npm published before the release predicate was made of it.
    TypeRow{"https://github.com/npm/attestation/tree/main/specs/publish/v0.1",
            PredicateKind::kRelease},
    TypeRow{"https://slsa.dev/provenance/v1", PredicateKind::kProvenance},
    TypeRow{"https://slsa.dev/provenance/v0.2", PredicateKind::kProvenance},
    TypeRow{"https://spdx.dev/Document", PredicateKind::kSpdx},
    TypeRow{"https://spdx.dev/Document/v2.2", PredicateKind::kSpdx},
    TypeRow{"https://spdx.dev/Document/v2.3", PredicateKind::kSpdx},
    TypeRow{"https://spdx.dev/Document/v3", PredicateKind::kSpdx},
    TypeRow{"https://cyclonedx.org/bom", PredicateKind::kCycloneDx},
    TypeRow{"https://cyclonedx.org/bom/v1.4", PredicateKind::kCycloneDx},
    TypeRow{"https://cyclonedx.org/bom/v1.5", PredicateKind::kCycloneDx},
    TypeRow{"https://cyclonedx.org/bom/v1.6", PredicateKind::kCycloneDx},
    TypeRow{"https://openvex.dev/ns", PredicateKind::kOpenVex},
    TypeRow{"https://openvex.dev/ns/v0.2.0", PredicateKind::kOpenVex},
    TypeRow{"https://in-toto.io/attestation/vulns/v0.1", PredicateKind::kVulns},
    TypeRow{"https://in-toto.io/attestation/vulns/v0.2", PredicateKind::kVulns},
    TypeRow{"https://in-toto.io/attestation/test-result/v0.1", PredicateKind::kTestResult},
    TypeRow{"https://slsa.dev/verification_summary/v1", PredicateKind::kVsa},
    TypeRow{"https://in-toto.io/attestation/svr/v0.1", PredicateKind::kSvr},
    TypeRow{"https://in-toto.io/attestation/svr/v0.2", PredicateKind::kSvr},
    TypeRow{"https://in-toto.io/attestation/scai/v0.3", PredicateKind::kScai},
    TypeRow{"https://in-toto.io/attestation/link/v0.3", PredicateKind::kLink},
    TypeRow{"https://in-toto.io/attestation/reference/v0.1", PredicateKind::kReference},
    TypeRow{"urn:candor:predicate:csaf-advisory:v1", PredicateKind::kCsafAdvisory},
    TypeRow{"urn:candor:predicate:security-label:v1", PredicateKind::kSecurityLabel},
    TypeRow{"urn:candor:predicate:audit-report:v1", PredicateKind::kAuditReport},
    TypeRow{"urn:candor:predicate:cvd-event:v1", PredicateKind::kCvdEvent},
    TypeRow{"urn:candor:predicate:support-period:v1", PredicateKind::kSupportPeriod},
    TypeRow{"urn:candor:predicate:commitment:v1", PredicateKind::kCommitment},
    TypeRow{kLogConfigType, PredicateKind::kLogConfig},
    TypeRow{kParticipantKeysetType, PredicateKind::kParticipantKeyset},
    TypeRow{"urn:candor:predicate:grant:v1", PredicateKind::kGrant},
    TypeRow{"urn:candor:predicate:key-revocation:v1", PredicateKind::kKeyRevocation},
    TypeRow{"urn:candor:predicate:withdraw:v1", PredicateKind::kWithdraw},
    TypeRow{"urn:candor:predicate:supersede:v1", PredicateKind::kSupersede},
    TypeRow{"urn:candor:predicate:registry-state:v1", PredicateKind::kRegistryState},
    TypeRow{"urn:candor:predicate:content-removal:v1", PredicateKind::kContentRemoval},
};

constexpr auto kTypeUris = [] {
  std::array<std::string_view, kTypes.size()> uris;
  for (size_t i = 0; i < kTypes.size(); ++i) uris[i] = kTypes[i].uri;
  return uris;
}();

const KindRow& RowOf(PredicateKind kind) { return kKinds[static_cast<size_t>(kind)]; }

}  // namespace

std::optional<PredicateKind> KindOfPredicate(std::string_view type_uri) {
  auto row = std::find_if(kTypes.begin(), kTypes.end(),
                          [type_uri](const TypeRow& each) { return each.uri == type_uri; });
  if (row == kTypes.end()) return std::nullopt;
  return row->kind;
}

std::string_view KindName(PredicateKind kind) { return RowOf(kind).name; }

std::optional<PredicateKind> KindByName(std::string_view name) {
  auto row = std::find_if(kKinds.begin(), kKinds.end(),
                          [name](const KindRow& each) { return each.name == name; });
  if (row == kKinds.end()) return std::nullopt;
  return row->kind;
}

bool IsRegistryKind(PredicateKind kind) { return RowOf(kind).roles == 0; }

absl::Span<const std::string_view> PredicateTypes() { return kTypeUris; }

std::string_view RoleName(Role role) {
  switch (role) {
    case Role::kVendor:
      return "vendor";
    case Role::kAssessor:
      return "assessor";
    case Role::kAuthority:
      return "authority";
  }
  return "unknown";
}

absl::StatusOr<Role> ParseRole(std::string_view name) {
  for (Role role : {Role::kVendor, Role::kAssessor, Role::kAuthority}) {
    if (RoleName(role) == name) return role;
  }
  return Refuse(absl::StatusCode::kInvalidArgument, "ROLE_UNKNOWN",
                absl::StrCat("the role \"", name.substr(0, 64),
                             "\" is not known; it must be vendor, assessor or authority"));
}

bool RoleMayHave(Role role, PredicateKind kind) {
  uint8_t bit = role == Role::kVendor ? kV : role == Role::kAssessor ? kAs : kAu;
  return (RowOf(kind).roles & bit) != 0;
}

}  // namespace candor
