// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/attest/dsse.h"
#include "core/attest/registry_entries.h"
#include "core/attest/scope.h"
#include "core/crypto/private_key.h"

namespace candor {

// What a participant asks for when it enrols: its identity, its keys, and the grant. Every signing
// key gets the whole grant as its scope.
struct EnrollmentTerms {
  std::string origin;       // of the log
  std::string participant;  // a domain name
  Role role = Role::kVendor;
  uint32_t threshold = 1;               // of the root keys
  std::vector<std::string> predicates;  // kind names ("release") or type URIs
  std::vector<std::string>
      purl_prefixes;     // an assessor or authority may leave them out: any product
  bool unnamed = false;  // may also make statements that name no product
  std::string contact;
};

// The request: a participant-keyset version 1 as a DSSE envelope (JSON), signed by every key that
// it lists, which proves possession. INVALID_ARGUMENT naming what is wrong with the terms.
absl::StatusOr<std::string> MakeEnrollmentRequest(const EnrollmentTerms& terms,
                                                  absl::Span<const PrivateKey* const> roots,
                                                  absl::Span<const PrivateKey* const> signing_keys);

struct Enrollment {
  DsseEnvelope envelope;
  ParticipantKeyset keyset;
};

// Reads a request or an approved one; every listed key must have signed it. INVALID_ARGUMENT, or
// PERMISSION_DENIED with reason POSSESSION_MISSING.
absl::StatusOr<Enrollment> ReadEnrollment(std::string_view envelope_json);

// What somebody who approves it grants: a few lines, fit for a terminal.
std::string EnrollmentWords(const ParticipantKeyset& keyset);

// The same envelope, signed by the registrar's keys too.
absl::StatusOr<std::string> ApproveEnrollment(const Enrollment& enrollment,
                                              absl::Span<const PrivateKey* const> registrar_keys);

}  // namespace candor
