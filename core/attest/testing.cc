// SPDX-License-Identifier: Apache-2.0
#include "core/attest/testing.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/attest/envelope_signer.h"
#include "core/attest/json.h"
#include "core/attest/predicates.h"
#include "core/attest/statement_builder.h"
#include "core/attest/verify_entry.h"
#include "core/util/testing.h"

namespace candor {
namespace {

std::vector<Subject> TestSubjects() {
  return {Subject{.name = "file.bin", .uri = "", .digest = {{"sha256", Sha256("file").hex()}}}};
}

}  // namespace

PrivateKey TestKey(uint32_t number, KeyAlgorithm algorithm) {
  std::string seed(Sha256("test key " + std::to_string(number)).bytes());
  return Must(PrivateKey::FromSeed(algorithm, seed));
}

Scope TestScope(std::vector<std::string> predicates, std::vector<std::string> purl_prefixes,
                bool unnamed) {
  Scope scope{.predicates = std::move(predicates), .purl_prefixes = {}, .unnamed = unnamed};
  for (const std::string& text : purl_prefixes) {
    scope.purl_prefixes.push_back(Must(PurlPrefix::Parse(text)));
  }
  return scope;
}

DsseEnvelope TestEnvelope(std::string_view payload, absl::Span<const PrivateKey* const> keys) {
  return Must(SignEnvelope(kInTotoPayloadType, payload, keys));
}

Entry TestEntry(std::string_view payload, absl::Span<const PrivateKey* const> keys,
                bool inline_payload) {
  std::string message = Pae(kInTotoPayloadType, payload);
  std::vector<EntrySignature> signatures;
  for (const PrivateKey* key : keys) {
    signatures.push_back(
        {key->algorithm(), key->public_key().key_hash(), Must(key->Sign(message))});
  }
  return Must(BuildEntry(kInTotoPayloadType, payload, std::move(signatures), inline_payload));
}

std::string TestRelease(std::string_view purl) {
  return Must(BuildReleaseStatement(TestSubjects(), purl));
}

std::string TestStatement(std::string_view predicate_type, std::string_view predicate_json) {
  Json predicate = Must(ParseJson(predicate_json, predicate_json.size(), "the predicate"));
  return Must(BuildStatement(TestSubjects(), predicate_type, predicate));
}

TestLog::TestLog()
    : registrar(TestKey(1)),
      second_registrar(TestKey(2, KeyAlgorithm::kEcdsaP256Sha256)),
      state(TestKey(3)),
      root(TestKey(4)),
      signing(TestKey(5, KeyAlgorithm::kEcdsaP256Sha256)),
      registry(std::string(kOrigin)) {}

LogConfig TestLog::Config() const {
  LogConfig config;
  config.origin = std::string(kOrigin);
  config.registrar_threshold = 1;
  config.registrar_keys = {registrar.public_key(), second_registrar.public_key()};
  config.state_keys = {state.public_key()};
  return config;
}

ParticipantKeyset TestLog::Keyset(std::string_view participant, const PrivateKey& root_key,
                                  const PrivateKey& signing_key, Role role,
                                  const Scope& scope) const {
  ParticipantKeyset keyset;
  keyset.origin = std::string(kOrigin);
  keyset.participant = std::string(participant);
  keyset.threshold = 1;
  keyset.roots = {root_key.public_key()};
  keyset.keys = {SigningKey{signing_key.public_key(), scope}};
  keyset.grant = Grant{role, scope};
  return keyset;
}

ParticipantKeyset TestLog::VendorKeyset() const {
  return Keyset("acme.example", root, signing, Role::kVendor,
                TestScope({std::string(kReleaseType), "https://openvex.dev/ns"},
                          {std::string(kVendorPrefix)}));
}

Entry TestLog::ConfigEntry() const {
  return TestEntry(Must(BuildLogConfigStatement(Config())), {&registrar});
}

Entry TestLog::KeysetEntry(const ParticipantKeyset& keyset,
                           absl::Span<const PrivateKey* const> keys) const {
  std::vector<const PrivateKey*> all(keys.begin(), keys.end());
  all.push_back(&registrar);
  return TestEntry(Must(BuildParticipantKeysetStatement(keyset)), all);
}

void TestLog::AddConfig() { Must(ReplayEntry(registry, ConfigEntry(), 0)); }

void TestLog::AddVendor() {
  AddConfig();
  Must(ReplayEntry(registry, KeysetEntry(VendorKeyset(), {&root, &signing}), 1));
}

}  // namespace candor
