// SPDX-License-Identifier: Apache-2.0
#include "core/attest/registry_entries.h"

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/attest/json.h"
#include "core/attest/json_fields.h"
#include "core/attest/predicates.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr std::string_view kReason = "REGISTRY_ENTRY_INVALID";
constexpr size_t kSpkiTextBytes = 256;  // More than the base64 of either form.

absl::Status Invalid(std::string_view message) {
  return Refuse(absl::StatusCode::kInvalidArgument, kReason, message);
}

// One subject: `name`, with the SHA-256 of it as the only digest.
absl::Status CheckSubject(const Statement& statement, std::string_view name,
                          std::string_view digest_name) {
  const Subject& subject = statement.subjects.front();
  DigestMap expected = {{std::string(digest_name), Sha256(name).hex()}};
  if (statement.subjects.size() == 1 && subject.name == name && subject.uri.empty() &&
      subject.digest == expected) {
    return absl::OkStatus();
  }
  return Invalid(absl::StrCat("subject must be one element with the name \"", name,
                              "\" and the digest ", digest_name, " that is the SHA-256 of it"));
}

absl::Status CheckVersion(const JsonFields& fields, std::string_view what) {
  CANDOR_ASSIGN_OR_RETURN(uint64_t version, fields.Uint("version", 1, UINT64_MAX));
  if (version == 1) return absl::OkStatus();
  return Refuse(absl::StatusCode::kUnimplemented, "UNSUPPORTED_VERSION",
                absl::StrCat(what, " version ", version, " is not supported by this build"));
}

absl::StatusOr<JsonFields> Predicate(const Statement& statement) {
  if (statement.type != kStatementV1) {
    return Invalid(absl::StrCat("_type of a registry entry must be ", kStatementV1));
  }
  return JsonFields::Of(*statement.predicate, "predicate", kReason);
}

// The members that every key has: keyhash, alg and spki, which must agree.
absl::StatusOr<PublicKey> ParseKey(const JsonFields& fields) {
  CANDOR_ASSIGN_OR_RETURN(std::string alg, fields.String("alg", 1, 64));
  CANDOR_ASSIGN_OR_RETURN(KeyAlgorithm algorithm, ParseAlgorithmName(alg));
  CANDOR_ASSIGN_OR_RETURN(std::string spki_text, fields.String("spki", 1, kSpkiTextBytes));
  absl::StatusOr<std::string> spki = Base64Decode(spki_text);
  if (!spki.ok()) return fields.Error("spki", "is not standard, padded base64");
  absl::StatusOr<PublicKey> key = PublicKey::FromSpki(*spki);
  if (!key.ok()) {
    return fields.Error("spki", "is not the DER form of an ECDSA P-256 or Ed25519 public key");
  }
  if (key->algorithm() != algorithm) {
    return fields.Error(
        "alg", absl::StrCat("is ", alg, ", but the key is for ", AlgorithmName(key->algorithm())));
  }
  CANDOR_ASSIGN_OR_RETURN(std::string keyhash, fields.String("keyhash", 64, 64));
  if (keyhash != key->key_hash().hex()) {
    return fields.Error("keyhash", "is not the SHA-256 of spki in lower-case hex");
  }
  return key;
}

absl::StatusOr<std::vector<PublicKey>> ParseKeys(const JsonFields& fields, std::string_view name,
                                                 size_t min, size_t max) {
  CANDOR_ASSIGN_OR_RETURN(const Json* array, fields.Array(name, min, max));
  std::vector<PublicKey> keys;
  for (const Json& value : *array) {
    std::string path = absl::StrCat(fields.PathOf(name), "[", keys.size(), "]");
    CANDOR_ASSIGN_OR_RETURN(JsonFields key, JsonFields::Of(value, std::move(path), kReason));
    CANDOR_RETURN_IF_ERROR(key.OnlyThese({"keyhash", "alg", "spki"}));
    CANDOR_ASSIGN_OR_RETURN(PublicKey parsed, ParseKey(key));
    keys.push_back(std::move(parsed));
  }
  return keys;
}

absl::Status CheckNoKeyTwice(const std::vector<PublicKey>& keys) {
  std::set<KeyHash> seen;
  for (const PublicKey& key : keys) {
    if (!seen.insert(key.key_hash()).second) {
      return Invalid(absl::StrCat("the key ", key.key_hash().hex(), " is listed twice"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> ParsePredicates(const JsonFields& fields, Role role) {
  CANDOR_ASSIGN_OR_RETURN(
      std::vector<std::string> types,
      fields.Strings("predicates", 1, kMaxScopePredicates, kMaxPredicateTypeBytes));
  std::set<std::string_view> seen;
  for (const std::string& type : types) {
    std::optional<PredicateKind> kind = KindOfPredicate(type);
    if (!kind) {
      return Refuse(
          absl::StatusCode::kInvalidArgument, "PREDICATE_UNKNOWN",
          absl::StrCat(fields.PathOf("predicates"), " has \"", type, "\", which is not known"));
    }
    if (!RoleMayHave(role, *kind)) {
      return Refuse(absl::StatusCode::kInvalidArgument, "PREDICATE_NOT_FOR_ROLE",
                    absl::StrCat(fields.PathOf("predicates"), " has \"", type,
                                 "\", which the role ", RoleName(role), " can not have"));
    }
    if (!seen.insert(type).second) {
      return fields.Error("predicates", absl::StrCat("has \"", type, "\" twice"));
    }
  }
  return types;
}

absl::StatusOr<std::vector<PurlPrefix>> ParsePrefixes(const JsonFields& fields) {
  CANDOR_ASSIGN_OR_RETURN(std::vector<std::string> texts,
                          fields.Strings("purlPrefixes", 0, kMaxScopePrefixes, kMaxPurlBytes));
  std::vector<PurlPrefix> prefixes;
  for (const std::string& text : texts) {
    absl::StatusOr<PurlPrefix> prefix = PurlPrefix::Parse(text);
    if (!prefix.ok()) return Annotate(prefix.status(), fields.PathOf("purlPrefixes"));
    for (const PurlPrefix& other : prefixes) {
      if (other == *prefix)
        return fields.Error("purlPrefixes", absl::StrCat("has ", text, " twice"));
    }
    prefixes.push_back(*std::move(prefix));
  }
  return prefixes;
}

absl::StatusOr<Scope> ParseScope(const JsonFields& fields, Role role) {
  Scope scope;
  CANDOR_ASSIGN_OR_RETURN(scope.predicates, ParsePredicates(fields, role));
  CANDOR_ASSIGN_OR_RETURN(scope.purl_prefixes, ParsePrefixes(fields));
  CANDOR_ASSIGN_OR_RETURN(scope.unnamed, fields.OptionalBool("unnamed", false));
  scope.any_product = role != Role::kVendor && scope.purl_prefixes.empty();
  if (!scope.any_product && scope.purl_prefixes.empty() && !scope.unnamed) {
    return fields.Error("purlPrefixes", "is empty; a vendor's scope needs at least one prefix");
  }
  return scope;
}

absl::StatusOr<Grant> ParseGrant(const JsonFields& keyset) {
  CANDOR_ASSIGN_OR_RETURN(JsonFields fields, keyset.Object("grant"));
  CANDOR_RETURN_IF_ERROR(fields.OnlyThese({"role", "predicates", "purlPrefixes", "unnamed"}));
  Grant grant;
  CANDOR_ASSIGN_OR_RETURN(std::string role, fields.String("role", 1, 64));
  CANDOR_ASSIGN_OR_RETURN(grant.role, ParseRole(role));
  CANDOR_ASSIGN_OR_RETURN(grant.scope, ParseScope(fields, grant.role));
  return grant;
}

absl::StatusOr<std::vector<SigningKey>> ParseSigningKeys(const JsonFields& fields,
                                                         const Grant& grant) {
  CANDOR_ASSIGN_OR_RETURN(const Json* array, fields.Array("keys", 1, kMaxKeysetKeys));
  std::vector<SigningKey> keys;
  for (const Json& value : *array) {
    std::string path = absl::StrCat(fields.PathOf("keys"), "[", keys.size(), "]");
    CANDOR_ASSIGN_OR_RETURN(JsonFields key, JsonFields::Of(value, path, kReason));
    CANDOR_RETURN_IF_ERROR(
        key.OnlyThese({"keyhash", "alg", "spki", "predicates", "purlPrefixes", "unnamed"}));
    CANDOR_ASSIGN_OR_RETURN(PublicKey parsed, ParseKey(key));
    CANDOR_ASSIGN_OR_RETURN(Scope scope, ParseScope(key, grant.role));
    CANDOR_RETURN_IF_ERROR(Annotate(CheckSubset(scope, grant.scope), path));
    keys.push_back(SigningKey{std::move(parsed), std::move(scope)});
  }
  return keys;
}

absl::Status ParseRegistrar(const JsonFields& predicate, LogConfig& config) {
  CANDOR_ASSIGN_OR_RETURN(JsonFields registrar, predicate.Object("registrar"));
  CANDOR_RETURN_IF_ERROR(registrar.OnlyThese({"threshold", "keys"}));
  CANDOR_ASSIGN_OR_RETURN(config.registrar_keys,
                          ParseKeys(registrar, "keys", 1, kMaxRegistrarKeys));
  CANDOR_ASSIGN_OR_RETURN(config.registrar_threshold,
                          registrar.Uint("threshold", 1, config.registrar_keys.size()));
  return absl::OkStatus();
}

}  // namespace

std::vector<PublicKey> KeysetKeys(const ParticipantKeyset& keyset) {
  std::vector<PublicKey> keys = keyset.roots;
  for (const SigningKey& key : keyset.keys) keys.push_back(key.key);
  return keys;
}

absl::StatusOr<LogConfig> ParseLogConfig(const Statement& statement) {
  CANDOR_ASSIGN_OR_RETURN(JsonFields fields, Predicate(statement));
  CANDOR_RETURN_IF_ERROR(CheckVersion(fields, "log-config"));
  CANDOR_ASSIGN_OR_RETURN(uint64_t rules, fields.Uint("rules", 1, UINT64_MAX));
  if (rules != 1) {
    return Refuse(absl::StatusCode::kUnimplemented, "UNSUPPORTED_RULES",
                  absl::StrCat("the admission rules ", rules, " are not supported by this build"));
  }
  CANDOR_RETURN_IF_ERROR(fields.OnlyThese({"log", "version", "rules", "registrar", "stateKeys",
                                           "inlineLimitBytes", "maxPayloadBytes"}));
  LogConfig config;
  CANDOR_ASSIGN_OR_RETURN(config.origin, fields.String("log", 1, kMaxOriginBytes));
  CANDOR_RETURN_IF_ERROR(CheckOrigin(config.origin));
  CANDOR_RETURN_IF_ERROR(CheckSubject(statement, config.origin, "originSha256"));
  CANDOR_RETURN_IF_ERROR(ParseRegistrar(fields, config));
  CANDOR_ASSIGN_OR_RETURN(config.state_keys, ParseKeys(fields, "stateKeys", 0, kMaxStateKeys));
  std::vector<PublicKey> all = config.registrar_keys;
  all.insert(all.end(), config.state_keys.begin(), config.state_keys.end());
  CANDOR_RETURN_IF_ERROR(CheckNoKeyTwice(all));
  CANDOR_ASSIGN_OR_RETURN(config.inline_limit_bytes,
                          fields.Uint("inlineLimitBytes", 0, kMaxInlineLimitBytes));
  CANDOR_ASSIGN_OR_RETURN(
      config.max_payload_bytes,
      fields.Uint("maxPayloadBytes", config.inline_limit_bytes, kHighestMaxPayloadBytes));
  return config;
}

absl::StatusOr<ParticipantKeyset> ParseParticipantKeyset(const Statement& statement) {
  CANDOR_ASSIGN_OR_RETURN(JsonFields fields, Predicate(statement));
  CANDOR_RETURN_IF_ERROR(CheckVersion(fields, "participant-keyset"));
  CANDOR_RETURN_IF_ERROR(fields.OnlyThese(
      {"log", "participant", "version", "threshold", "roots", "keys", "contact", "grant"}));
  ParticipantKeyset keyset;
  CANDOR_ASSIGN_OR_RETURN(keyset.origin, fields.String("log", 1, kMaxOriginBytes));
  CANDOR_RETURN_IF_ERROR(CheckOrigin(keyset.origin));
  CANDOR_ASSIGN_OR_RETURN(keyset.participant, fields.String("participant", 1, 256));
  CANDOR_RETURN_IF_ERROR(CheckParticipantName(keyset.participant));
  CANDOR_RETURN_IF_ERROR(CheckSubject(statement, keyset.participant, "participantSha256"));
  CANDOR_ASSIGN_OR_RETURN(keyset.roots, ParseKeys(fields, "roots", 1, kMaxKeysetKeys));
  CANDOR_ASSIGN_OR_RETURN(keyset.threshold, fields.Uint("threshold", 1, keyset.roots.size()));
  CANDOR_ASSIGN_OR_RETURN(keyset.grant, ParseGrant(fields));
  CANDOR_ASSIGN_OR_RETURN(keyset.keys, ParseSigningKeys(fields, keyset.grant));
  CANDOR_ASSIGN_OR_RETURN(keyset.contact, fields.OptionalString("contact", kMaxContactBytes));
  if (keyset.roots.size() + keyset.keys.size() > kMaxKeysetKeys) {
    return Invalid(absl::StrCat("the keyset lists ", keyset.roots.size() + keyset.keys.size(),
                                " keys; the limit is ", kMaxKeysetKeys));
  }
  CANDOR_RETURN_IF_ERROR(CheckNoKeyTwice(KeysetKeys(keyset)));
  return keyset;
}

}  // namespace candor
