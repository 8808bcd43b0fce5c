// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Dead Simple Signing Envelope (secure-systems-lab/dsse, protocol.md and envelope.md).

namespace candor {

inline constexpr size_t kMaxEnvelopeBytes = 128 * 1024;
inline constexpr size_t kMaxEnvelopeSignatures = 32;  // In the envelope; an entry keeps at most 16.
inline constexpr size_t kMaxKeyIdBytes = 512;
inline constexpr size_t kMaxRawSignatureBytes = 8 * 1024;
inline constexpr size_t kMaxPayloadTypeBytes = 255;

inline constexpr std::string_view kInTotoPayloadType = "application/vnd.in-toto+json";

struct DsseSignature {
  std::string keyid;      // A hint, not authenticated; "" when absent.
  std::string signature;  // Raw bytes, in whatever form the signer used.
};

struct DsseEnvelope {
  std::string payload_type;  // 1..255 printable ASCII characters.
  std::string payload;       // Exactly the bytes that were signed.
  std::vector<DsseSignature> signatures;
};

// Parses the JSON envelope, of at most `max_bytes`. Unknown members are ignored, both base64
// alphabets are read, keyid may be absent. INVALID_ARGUMENT with reason ENVELOPE_INVALID,
// TOO_MANY_SIGNATURES (more than 32), or one of json.h's, naming the member.
absl::StatusOr<DsseEnvelope> ParseEnvelope(std::string_view json,
                                           size_t max_bytes = kMaxEnvelopeBytes);

// Compact, deterministic JSON with padded standard base64. Fails as ParseEnvelope does on content
// that it would not read back.
absl::StatusOr<std::string> FormatEnvelope(const DsseEnvelope& envelope);

// OK for 1..255 printable ASCII characters. INVALID_ARGUMENT with reason PAYLOAD_TYPE_INVALID.
absl::Status CheckPayloadType(std::string_view type);

// The bytes that a signature covers (protocol.md, "PAE").
std::string Pae(std::string_view payload_type, std::string_view payload);

}  // namespace candor
