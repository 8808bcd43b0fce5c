// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/attest/predicates.h"
#include "core/attest/purl_prefix.h"
#include "core/crypto/hash.h"
#include "core/crypto/public_key.h"

namespace candor {

inline constexpr size_t kMaxParticipantsBytes = 1024 * 1024;
inline constexpr size_t kMaxPinnedParticipants = 1024;
inline constexpr size_t kMaxPinnedKeys = 64;       // of one participant
inline constexpr size_t kMaxPinnedPrefixes = 256;  // of one participant

struct PinnedKey {
  std::string name;  // what the file calls it
  PublicKey key;
};

// Whom a customer believes, about which products.
struct PinnedParticipant {
  std::string name;
  std::vector<PinnedKey> keys;    // at least one
  std::vector<PurlPrefix> allow;  // at least one, or any_product
  bool any_product = false;       // only for a key given without a file
  std::vector<PredicateKind>
      accept;            // kinds of statements that count; release unless said otherwise
  size_t threshold = 1;  // so many of the keys must have signed
};

// The participants file: which keys a customer trusts to speak about which products. Text, one item
// a line, words separated by spaces or tabs; empty lines and lines that begin with '#' are ignored.
//
//   participant acme.example              begins a participant; a domain name, lower case
//   key release-2026 MCowBQYDK2Vw...      a public key: base64 of its DER SubjectPublicKeyInfo
//   key release-2025 file acme-2025.pub   the same from a PEM file, relative to this file's folder
//   allow pkg:generic/acme.example/       products it may speak about: a purl prefix
//   accept release slsa-provenance        kinds of statements that count (default: release)
//   threshold 1                           how many of its keys must have signed (default: 1)
//
// `key`, `allow`, `accept` and `threshold` belong to the `participant` line above them. A key may
// stand in the file once. The last line ends with a newline. Anything else is an error that names
// the line. Immutable, thread-safe.
class Participants {
 public:
  // Reads the key file that a line names, as it stands there.
  using ReadKeyFile = std::function<absl::StatusOr<std::string>(const std::string& path)>;

  // INVALID_ARGUMENT with reason PARTICIPANTS_INVALID, naming the line if it is one.
  static absl::StatusOr<Participants> Parse(std::string_view text, const ReadKeyFile& read_file);

  // One key without a file. No `allow` means any product.
  static Participants FromKey(PublicKey key, std::vector<PurlPrefix> allow);

  const std::vector<PinnedParticipant>& all() const { return participants_; }

  struct Match {
    const PinnedParticipant* participant = nullptr;
    const PinnedKey* key = nullptr;
    explicit operator bool() const { return key != nullptr; }
  };
  // Empty when the key is not pinned. Points into this object.
  Match Find(const KeyHash& key) const;

 private:
  explicit Participants(std::vector<PinnedParticipant> participants);

  std::vector<PinnedParticipant> participants_;
  // Positions in participants_ and its keys.
  absl::flat_hash_map<KeyHash, std::pair<size_t, size_t>> by_key_;
};

}  // namespace candor
