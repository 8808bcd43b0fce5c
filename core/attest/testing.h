// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "core/attest/dsse.h"
#include "core/attest/entry.h"
#include "core/attest/memory_registry.h"
#include "core/attest/registry_entries.h"
#include "core/crypto/private_key.h"

// Keys, statements and whole registries for tests. Everything aborts on failure.

namespace candor {

// A key that depends on nothing but its arguments.
PrivateKey TestKey(uint32_t number, KeyAlgorithm algorithm = KeyAlgorithm::kEd25519);

Scope TestScope(std::vector<std::string> predicates, std::vector<std::string> purl_prefixes,
                bool unnamed = false);

// The envelope of an in-toto payload signed with these keys.
DsseEnvelope TestEnvelope(std::string_view payload, absl::Span<const PrivateKey* const> keys);

// The canonical entry of it: every signature kept, whoever's it is.
Entry TestEntry(std::string_view payload, absl::Span<const PrivateKey* const> keys,
                bool inline_payload = true);

// A release statement about one file with this purl.
std::string TestRelease(std::string_view purl);
// A statement of any type about one file, with a predicate given as JSON.
std::string TestStatement(std::string_view predicate_type, std::string_view predicate_json);

// A log with a registrar of two keys (threshold 1) and, if asked, one vendor:
// "acme.example" with a root, a signing key and the prefix pkg:generic/acme.example/.
struct TestLog {
  static constexpr std::string_view kOrigin = "log.example/candor";
  static constexpr std::string_view kVendorPrefix = "pkg:generic/acme.example/";

  TestLog();

  LogConfig Config() const;
  // A keyset of one root and one signing key with this grant as the key's scope.
  ParticipantKeyset Keyset(std::string_view participant, const PrivateKey& root,
                           const PrivateKey& signing, Role role, const Scope& scope) const;
  ParticipantKeyset VendorKeyset() const;

  Entry ConfigEntry() const;
  // Signed by the registrar and these keys.
  Entry KeysetEntry(const ParticipantKeyset& keyset,
                    absl::Span<const PrivateKey* const> keys) const;

  void AddConfig();  // Replays entry 0.
  void AddVendor();  // Replays entry 0 and the vendor's keyset as entry 1.

  PrivateKey registrar;
  PrivateKey second_registrar;
  PrivateKey state;
  PrivateKey root;
  PrivateKey signing;
  MemoryRegistry registry;
};

}  // namespace candor
