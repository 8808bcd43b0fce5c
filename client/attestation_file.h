// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/attest/dsse.h"
#include "core/crypto/public_key.h"

// Reads the files in which other tools keep signed statements.

namespace candor {

inline constexpr size_t kMaxAttestationFileBytes = size_t{16} << 20;
inline constexpr size_t kMaxAttestationsInFile = 1024;

// One signed statement in a file.
struct FoundEnvelope {
  DsseEnvelope envelope;
  std::string place;  // "line 3", "attestations[1]"; "" when the file is this envelope alone
};

struct AttestationFile {
  std::vector<FoundEnvelope> envelopes;  // in the order of the file
  // The whole file, when it is an in-toto statement that nobody signed; then there are no
  // envelopes.
  std::optional<std::string> unsigned_statement;
};

// Recognises by content, never by name:
//   a DSSE envelope                   {"payloadType","payload","signatures"}; other members, also
//   of
//                                     a signature (certificates, time stamps), are left out
//   a Sigstore bundle                 {"dsseEnvelope":{...}}: the envelope in it
//   an attestation list               {"attestations":[{"bundle":{...}}]}, as registries answer
//   JSON lines                        one of these on each line; empty lines are skipped
//   an in-toto statement              {"_type","subject",...}, alone in the file
// Payload, type, signatures and key ids are exactly the file's; nothing is verified.
//
// INVALID_ARGUMENT with reason ATTESTATION_UNKNOWN (nothing of this, or nothing in it),
// ATTESTATION_UNSIGNED (a statement that nobody signed among others), TOO_MANY_ATTESTATIONS, or one
// of dsse.h's, naming the place.
absl::StatusOr<AttestationFile> ParseAttestations(std::string_view bytes);

// OK when the envelope holds an in-toto statement. INVALID_ARGUMENT with reason
// PAYLOAD_TYPE_UNSUPPORTED or one of statement.h's.
absl::Status CheckHoldsStatement(const DsseEnvelope& envelope);

// Writes the key hash of each of `keys` into the keyid of the signature that it made, because other
// tools leave keyid empty or put something of their own there. The keyid is neither signed nor
// logged. Answers the keys that signed; PERMISSION_DENIED with reason SIGNATURE_INVALID when none
// of them did. Without `keys` nothing is done.
absl::StatusOr<std::vector<PublicKey>> NameSigners(absl::Span<const PublicKey> keys,
                                                   DsseEnvelope* envelope);

}  // namespace candor
