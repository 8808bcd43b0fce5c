// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/attest/dsse.h"
#include "core/crypto/private_key.h"

namespace candor {

// Signs `payload` with every key, in the order given; each keyid is the lower-case hex key hash,
// each signature in the form that other programs verify (ECDSA as DER). INVALID_ARGUMENT without a
// key, with a key twice, or with more than kMaxEnvelopeSignatures.
absl::StatusOr<DsseEnvelope> SignEnvelope(std::string_view payload_type, std::string_view payload,
                                          absl::Span<const PrivateKey* const> keys);

// Adds the keys' signatures; a key that the envelope already names by its key hash is signed anew
// in place. Leaves the envelope as it was when it fails.
absl::Status AddSignatures(DsseEnvelope& envelope, absl::Span<const PrivateKey* const> keys);

}  // namespace candor
