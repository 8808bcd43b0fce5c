// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/attest/names.h"
#include "core/attest/scope.h"
#include "core/attest/statement.h"
#include "core/crypto/public_key.h"

// The log's own rules and participants, as statements in the log: parse, build and validate.
// Parsing is strict: an unknown member of the predicate is an error, so that a misspelt one is
// never ignored.

namespace candor {

inline constexpr size_t kMaxKeysetKeys =
    15;  // Roots and signing keys; 16 signatures with a registrar's.
inline constexpr size_t kMaxRegistrarKeys = 15;
inline constexpr size_t kMaxStateKeys = 15;
inline constexpr uint64_t kDefaultInlineLimitBytes = 16 * 1024;
// What fits beside 16 signatures and the longest payload type into one entry.
inline constexpr uint64_t kMaxInlineLimitBytes = 63'000;
inline constexpr uint64_t kDefaultMaxPayloadBytes = 64 * 1024 * 1024;
inline constexpr uint64_t kHighestMaxPayloadBytes = 1024 * 1024 * 1024;
inline constexpr size_t kMaxContactBytes = 256;

// `log-config` version 1: entry 0 of every log.
struct LogConfig {
  std::string origin;
  uint64_t version = 1;
  uint64_t rules = 1;
  uint32_t registrar_threshold = 1;       // 1..registrar_keys.size()
  std::vector<PublicKey> registrar_keys;  // 1..15
  std::vector<PublicKey> state_keys;      // 0..15; sign registry-state entries.
  uint64_t inline_limit_bytes = kDefaultInlineLimitBytes;
  uint64_t max_payload_bytes = kDefaultMaxPayloadBytes;
};

struct SigningKey {
  PublicKey key;
  Scope scope;
};

// `participant-keyset` version 1 with its grant.
struct ParticipantKeyset {
  std::string origin;
  std::string participant;  // A domain name, lower case.
  uint64_t version = 1;
  uint32_t threshold = 1;        // 1..roots.size()
  std::vector<PublicKey> roots;  // At least 1; roots and keys together at most 15.
  std::vector<SigningKey> keys;  // At least 1.
  std::string contact;           // "" when absent.
  Grant grant;
};

// Every key that the keyset lists, roots first.
std::vector<PublicKey> KeysetKeys(const ParticipantKeyset& keyset);

// Both check shape and bounds: subject digest, threshold, every keyhash against its spki, every alg
// against its key, no key twice, scopes within the grant, the grant within its role.
// INVALID_ARGUMENT with reason REGISTRY_ENTRY_INVALID (or a more exact one) naming the field;
// UNIMPLEMENTED with reason UNSUPPORTED_VERSION, UNSUPPORTED_RULES or UNSUPPORTED_ALGORITHM.
absl::StatusOr<LogConfig> ParseLogConfig(const Statement& statement);
absl::StatusOr<ParticipantKeyset> ParseParticipantKeyset(const Statement& statement);

// The payload to sign. Deterministic. Fails as parsing the result would.
absl::StatusOr<std::string> BuildLogConfigStatement(const LogConfig& config);
absl::StatusOr<std::string> BuildParticipantKeysetStatement(const ParticipantKeyset& keyset);

}  // namespace candor
