// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/crypto/hash.h"
#include "core/crypto/key_algorithm.h"
#include "core/merkle/entry_bundle.h"  // kMaxEntryBytes

// The entry encoding, version 1: what a leaf of the log is. Integers are big-endian.
//
//   u8  version = 1
//   u8  flags: bit 0 the payload is inline, others zero
//   u16 payload type's length, payload type (1..255 printable ASCII)
//   u64 payload's length
//   32  SHA-256(payload)
//   32  SHA-256(PAE(payload type, payload)): the statement id
//   u8  signature count (1..16); then each, ascending by key hash, no key twice:
//         u8 algorithm, 32 key hash, u16 signature's length, signature
//   payload, if inline

namespace candor {

inline constexpr size_t kMaxEntrySignatures = 16;

// A signature that was verified, in canonical form (64 bytes for both algorithms).
struct EntrySignature {
  KeyAlgorithm algorithm;
  KeyHash key;
  std::string signature;

  friend bool operator==(const EntrySignature&, const EntrySignature&) = default;
};

// A well-formed entry: only BuildEntry and DecodeEntry make one. That its signatures verify, and
// that it may be in the log, are verify_entry.h's and admit.h's business. An immutable value.
class Entry {
 public:
  const std::string& payload_type() const { return payload_type_; }
  uint64_t payload_size() const { return payload_size_; }  // In bytes.
  const Hash& payload_hash() const { return payload_hash_; }
  const Hash& statement_id() const { return statement_id_; }
  const std::vector<EntrySignature>& signatures() const { return signatures_; }
  // The payload when it is inline.
  const std::optional<std::string>& payload() const { return payload_; }
  bool is_inline() const { return payload_.has_value(); }

  friend bool operator==(const Entry&, const Entry&) = default;

 private:
  Entry() = default;
  friend absl::StatusOr<Entry> BuildEntry(std::string_view, std::string_view,
                                          std::vector<EntrySignature>, bool);
  friend absl::StatusOr<Entry> DecodeEntry(std::string_view);

  std::string payload_type_;
  uint64_t payload_size_ = 0;
  Hash payload_hash_;
  Hash statement_id_;
  std::vector<EntrySignature> signatures_;
  std::optional<std::string> payload_;
};

// SHA-256(PAE(payload type, payload)).
Hash StatementId(std::string_view payload_type, std::string_view payload);

// Builds an entry from signatures that were verified; they may come in any order.
// INVALID_ARGUMENT with reason ENTRY_INVALID, PAYLOAD_TYPE_INVALID, or ENTRY_TOO_LARGE when the
// encoding would exceed kMaxEntryBytes.
absl::StatusOr<Entry> BuildEntry(std::string_view payload_type, std::string_view payload,
                                 std::vector<EntrySignature> signatures, bool inline_payload);

std::string EncodeEntry(const Entry& entry);

// Strict: EncodeEntry(DecodeEntry(x)) == x, and an inline payload's length and both hashes are
// recomputed. INVALID_ARGUMENT with reason ENTRY_INVALID, PAYLOAD_TYPE_INVALID, ENTRY_TOO_LARGE,
// TRUNCATED or TRAILING_BYTES; UNIMPLEMENTED with reason UNSUPPORTED_VERSION or
// UNSUPPORTED_ALGORITHM for what a later version of the encoding may bring.
absl::StatusOr<Entry> DecodeEntry(std::string_view bytes);

}  // namespace candor
