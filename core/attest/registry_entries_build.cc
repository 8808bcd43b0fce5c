// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/attest/json.h"
#include "core/attest/predicates.h"
#include "core/attest/registry_entries.h"
#include "core/attest/statement_builder.h"
#include "core/util/encoding.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

Json KeyJson(const PublicKey& key) {
  return {{"keyhash", key.key_hash().hex()},
          {"alg", AlgorithmName(key.algorithm())},
          {"spki", Base64Encode(key.spki())}};
}

Json KeysJson(const std::vector<PublicKey>& keys) {
  Json array = Json::array();
  for (const PublicKey& key : keys) array.push_back(KeyJson(key));
  return array;
}

void AddScope(const Scope& scope, Json& json) {
  Json prefixes = Json::array();
  for (const PurlPrefix& prefix : scope.purl_prefixes) prefixes.push_back(prefix.ToString());
  json["predicates"] = scope.predicates;
  json["purlPrefixes"] = std::move(prefixes);
  json["unnamed"] = scope.unnamed;
}

Subject NamedSubject(const std::string& name, std::string digest_name) {
  return Subject{.name = name, .uri = "", .digest = {{std::move(digest_name), Sha256(name).hex()}}};
}

absl::StatusOr<Statement> Reparse(std::string_view payload) {
  return ParseStatement(payload, payload.size());
}

}  // namespace

absl::StatusOr<std::string> BuildLogConfigStatement(const LogConfig& config) {
  Json registrar = {{"threshold", config.registrar_threshold},
                    {"keys", KeysJson(config.registrar_keys)}};
  Json predicate = {{"log", config.origin},
                    {"version", config.version},
                    {"rules", config.rules},
                    {"registrar", std::move(registrar)},
                    {"stateKeys", KeysJson(config.state_keys)},
                    {"inlineLimitBytes", config.inline_limit_bytes},
                    {"maxPayloadBytes", config.max_payload_bytes}};
  CANDOR_ASSIGN_OR_RETURN(
      std::string payload,
      BuildStatement({NamedSubject(config.origin, "originSha256")}, kLogConfigType, predicate));
  CANDOR_ASSIGN_OR_RETURN(Statement statement, Reparse(payload));
  CANDOR_RETURN_IF_ERROR(ParseLogConfig(statement).status());
  return payload;
}

absl::StatusOr<std::string> BuildParticipantKeysetStatement(const ParticipantKeyset& keyset) {
  Json keys = Json::array();
  for (const SigningKey& key : keyset.keys) {
    Json json = KeyJson(key.key);
    AddScope(key.scope, json);
    keys.push_back(std::move(json));
  }
  Json grant = Json::object();
  grant["role"] = RoleName(keyset.grant.role);
  AddScope(keyset.grant.scope, grant);
  Json predicate = {{"log", keyset.origin},
                    {"participant", keyset.participant},
                    {"version", keyset.version},
                    {"threshold", keyset.threshold},
                    {"roots", KeysJson(keyset.roots)},
                    {"keys", std::move(keys)},
                    {"grant", std::move(grant)}};
  if (!keyset.contact.empty()) predicate["contact"] = keyset.contact;
  CANDOR_ASSIGN_OR_RETURN(std::string payload,
                          BuildStatement({NamedSubject(keyset.participant, "participantSha256")},
                                         kParticipantKeysetType, predicate));
  CANDOR_ASSIGN_OR_RETURN(Statement statement, Reparse(payload));
  CANDOR_RETURN_IF_ERROR(ParseParticipantKeyset(statement).status());
  return payload;
}

}  // namespace candor
