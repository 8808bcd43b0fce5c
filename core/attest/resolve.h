// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/attest/candidate_keys.h"
#include "core/attest/content.h"
#include "core/attest/dsse.h"
#include "core/attest/entry.h"
#include "core/attest/registry.h"
#include "core/crypto/hash.h"

namespace candor {

// What became of an envelope whose signatures were verified.
struct Resolution {
  EntryContent content;
  // Every key under which a signature verified, ascending, whether accepted today or not (it may
  // have been revoked since): what a retry is recognised by. Not empty.
  std::vector<KeyHash> verified_keys;
  // The canonical entry with the signatures of accepted keys, unless `refusal` says why not.
  std::optional<Entry> entry;
  absl::Status refusal;
};

// Finds the keys, verifies, and builds the canonical entry. Signatures of unknown keys and those
// that do not verify are dropped. Candidates for a signature: the enrolled key whose hex key hash
// is its keyid; else `hints` (key hashes that the request names), keys already logged for the
// statement, and at most 16 signing keys of the vendors whose products the statement is about. For
// registry entries: the registrar's keys and those that the entry lists. At most 32 verifications.
//
// Fails when nothing verified: PERMISSION_DENIED with reason KEY_NOT_ENROLLED (no candidate) or
// SIGNATURE_INVALID; INVALID_ARGUMENT for a malformed statement, or with reason PAYLOAD_TOO_LARGE
// when the payload exceeds the log's inline limit (blobs are not taken yet); UNIMPLEMENTED for
// unsupported kinds. `refusal` holds what Admit would say of the first signature (KEY_REVOKED,
// PURL_OUTSIDE_SCOPE, PREDICATE_NOT_GRANTED, ...), TOO_MANY_SIGNATURES (more than 16 accepted), or
// ENTRY_TOO_LARGE. Thresholds and possession of registry entries are left to Admit.
absl::StatusOr<Resolution> Resolve(const DsseEnvelope& envelope, const RegistryReader& registry,
                                   absl::Span<const KeyHash> hints = {});

}  // namespace candor
