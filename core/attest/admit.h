// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "core/attest/content.h"
#include "core/attest/entry.h"
#include "core/attest/registry.h"

namespace candor {

// May `entry` stand at `index` of the log, given the registry of the entries before it? A pure
// function under admission rules 1: anyone who replays the log gets the same answers.
//
// It verifies no signature: it decides by the key hashes of the signatures that the entry kept. Who
// did not verify them (an auditor, a monitor) calls VerifyEntrySignatures first; Resolve has.
//
// Not part of it: duplicates (duplicates.h) and submission policy (submission_policy.h).
//
// Refusals: INVALID_ARGUMENT, PERMISSION_DENIED or ALREADY_EXISTS with a reason; UNIMPLEMENTED for
// what this build does not support (an unknown version is never misbehaviour). Reasons:
//   FIRST_ENTRY_NOT_CONFIG      index 0 is not a log-config, or a config stands elsewhere
//   WRONG_LOG                   a registry entry for another origin
//   INLINE_RULE                 inline although above the log's limit, or the reverse
//   PAYLOAD_TOO_LARGE           above the log's maxPayloadBytes
//   KEY_NOT_ENROLLED, KEY_NOT_SIGNING, KEY_REVOKED, KEY_ALGORITHM_MISMATCH
//   PREDICATE_NOT_GRANTED, PURL_OUTSIDE_SCOPE, UNNAMED_NOT_GRANTED
//   THRESHOLD_NOT_MET           too few registrar signatures
//   POSSESSION_MISSING          a listed key did not sign its keyset
//   SIGNATURE_NOT_EXPECTED      a registry entry is signed by a key that has no part in it
//   PARTICIPANT_EXISTS, KEY_ALREADY_ENROLLED, GRANT_OVERLAPS
absl::Status Admit(const RegistryReader& registry, const Entry& entry, const EntryContent& content,
                   uint64_t index);

// The same for an entry with its payload inline, and with its payload given.
absl::Status Admit(const RegistryReader& registry, const Entry& entry, uint64_t index);
absl::Status Admit(const RegistryReader& registry, const Entry& entry, std::string_view payload,
                   uint64_t index);

// For an entry whose payload is kept apart and not at hand: a refusal when Admit refuses it
// whatever the payload says, else OK, which is no admission. It finds what the size, the payload
// type, the place and the signing keys tell: FIRST_ENTRY_NOT_CONFIG, INLINE_RULE,
// PAYLOAD_TOO_LARGE, PAYLOAD_TYPE_UNSUPPORTED, KEY_NOT_ENROLLED, KEY_NOT_SIGNING, KEY_REVOKED,
// KEY_ALGORITHM_MISMATCH. OK for an entry with its payload inline.
absl::Status CheckWithoutPayload(const RegistryReader& registry, const Entry& entry,
                                 uint64_t index);

}  // namespace candor
