// SPDX-License-Identifier: Apache-2.0
#include "core/attest/registry_records.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/attest/purl_text.h"
#include "core/util/bytes.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr uint8_t kFormat = 1;  // The first byte of every value.

void PutText(ByteWriter& writer, std::string_view text) {
  writer.U32(static_cast<uint32_t>(text.size()));
  writer.Bytes(text);
}

void PutKeys(ByteWriter& writer, const std::vector<KeyHash>& keys) {
  writer.U8(static_cast<uint8_t>(keys.size()));
  for (const KeyHash& key : keys) writer.Bytes(key.value.bytes());
}

void PutScope(ByteWriter& writer, const Scope& scope) {
  writer.U8(static_cast<uint8_t>(scope.predicates.size()));
  for (const std::string& type : scope.predicates) PutText(writer, type);
  writer.U8(static_cast<uint8_t>(scope.purl_prefixes.size()));
  for (const PurlPrefix& prefix : scope.purl_prefixes) PutText(writer, prefix.ToString());
  writer.U8(scope.unnamed ? 1 : 0);
  writer.U8(scope.any_product ? 1 : 0);
}

absl::StatusOr<std::string> GetText(ByteReader& reader) {
  CANDOR_ASSIGN_OR_RETURN(uint32_t size, reader.U32());
  CANDOR_ASSIGN_OR_RETURN(std::string_view text, reader.Bytes(size));
  return std::string(text);
}

absl::StatusOr<Hash> GetHash(ByteReader& reader) {
  CANDOR_ASSIGN_OR_RETURN(std::string_view bytes, reader.Bytes(Hash::kSize));
  return Hash::FromBytes(bytes);
}

absl::StatusOr<std::vector<KeyHash>> GetKeys(ByteReader& reader) {
  CANDOR_ASSIGN_OR_RETURN(uint8_t count, reader.U8());
  std::vector<KeyHash> keys;
  for (size_t i = 0; i < count; ++i) {
    CANDOR_ASSIGN_OR_RETURN(Hash key, GetHash(reader));
    keys.push_back(KeyHash{key});
  }
  return keys;
}

absl::StatusOr<bool> GetFlag(ByteReader& reader) {
  CANDOR_ASSIGN_OR_RETURN(uint8_t flag, reader.U8());
  return flag != 0;
}

absl::StatusOr<Scope> GetScope(ByteReader& reader) {
  Scope scope;
  CANDOR_ASSIGN_OR_RETURN(uint8_t types, reader.U8());
  for (size_t i = 0; i < types; ++i) {
    CANDOR_ASSIGN_OR_RETURN(std::string type, GetText(reader));
    scope.predicates.push_back(std::move(type));
  }
  CANDOR_ASSIGN_OR_RETURN(uint8_t prefixes, reader.U8());
  for (size_t i = 0; i < prefixes; ++i) {
    CANDOR_ASSIGN_OR_RETURN(std::string text, GetText(reader));
    CANDOR_ASSIGN_OR_RETURN(PurlPrefix prefix, PurlPrefix::Parse(text));
    scope.purl_prefixes.push_back(std::move(prefix));
  }
  CANDOR_ASSIGN_OR_RETURN(scope.unnamed, GetFlag(reader));
  CANDOR_ASSIGN_OR_RETURN(scope.any_product, GetFlag(reader));
  return scope;
}

absl::Status GetFormat(ByteReader& reader) {
  CANDOR_ASSIGN_OR_RETURN(uint8_t format, reader.U8());
  if (format == kFormat) return absl::OkStatus();
  return absl::InternalError("unknown format");
}

absl::StatusOr<LogConfigRecord> ReadLogConfig(ByteReader& reader) {
  LogConfigRecord record;
  CANDOR_RETURN_IF_ERROR(GetFormat(reader));
  CANDOR_ASSIGN_OR_RETURN(record.index, reader.U64());
  CANDOR_ASSIGN_OR_RETURN(record.entry_hash, GetHash(reader));
  CANDOR_ASSIGN_OR_RETURN(record.version, reader.U64());
  CANDOR_ASSIGN_OR_RETURN(record.rules, reader.U64());
  CANDOR_ASSIGN_OR_RETURN(record.registrar_threshold, reader.U32());
  CANDOR_ASSIGN_OR_RETURN(record.registrar_keys, GetKeys(reader));
  CANDOR_ASSIGN_OR_RETURN(record.state_keys, GetKeys(reader));
  CANDOR_ASSIGN_OR_RETURN(record.inline_limit_bytes, reader.U64());
  CANDOR_ASSIGN_OR_RETURN(record.max_payload_bytes, reader.U64());
  CANDOR_RETURN_IF_ERROR(reader.ExpectEnd());
  return record;
}

absl::StatusOr<KeyRecord> ReadKey(ByteReader& reader) {
  KeyRecord record;
  CANDOR_RETURN_IF_ERROR(GetFormat(reader));
  CANDOR_ASSIGN_OR_RETURN(uint8_t use, reader.U8());
  record.use = static_cast<KeyUse>(use);
  CANDOR_ASSIGN_OR_RETURN(uint8_t algorithm, reader.U8());
  record.algorithm = static_cast<KeyAlgorithm>(algorithm);
  CANDOR_ASSIGN_OR_RETURN(record.spki, GetText(reader));
  CANDOR_ASSIGN_OR_RETURN(record.index, reader.U64());
  CANDOR_ASSIGN_OR_RETURN(record.participant, GetText(reader));
  CANDOR_ASSIGN_OR_RETURN(record.scope, GetScope(reader));
  CANDOR_ASSIGN_OR_RETURN(bool revoked, GetFlag(reader));
  if (revoked) {
    CANDOR_ASSIGN_OR_RETURN(record.revoked_at, reader.U64());
  }
  CANDOR_RETURN_IF_ERROR(reader.ExpectEnd());
  return record;
}

absl::StatusOr<ParticipantRecord> ReadParticipant(ByteReader& reader) {
  ParticipantRecord record;
  CANDOR_RETURN_IF_ERROR(GetFormat(reader));
  CANDOR_ASSIGN_OR_RETURN(record.index, reader.U64());
  CANDOR_ASSIGN_OR_RETURN(record.entry_hash, GetHash(reader));
  CANDOR_ASSIGN_OR_RETURN(record.version, reader.U64());
  CANDOR_ASSIGN_OR_RETURN(record.threshold, reader.U32());
  CANDOR_ASSIGN_OR_RETURN(record.roots, GetKeys(reader));
  CANDOR_ASSIGN_OR_RETURN(record.keys, GetKeys(reader));
  CANDOR_ASSIGN_OR_RETURN(uint8_t role, reader.U8());
  record.grant.role = static_cast<Role>(role);
  CANDOR_ASSIGN_OR_RETURN(record.grant.scope, GetScope(reader));
  CANDOR_ASSIGN_OR_RETURN(record.contact, GetText(reader));
  CANDOR_RETURN_IF_ERROR(reader.ExpectEnd());
  return record;
}

template <typename Record>
absl::StatusOr<Record> Decoded(absl::StatusOr<Record> record, std::string_view table) {
  if (record.ok()) return record;
  return Refuse(
      absl::StatusCode::kInternal, "REGISTRY_CORRUPT",
      absl::StrCat("a row of the registry's table of ", table,
                   " does not decode; check the store and rebuild the registry by replay"));
}

}  // namespace

absl::StatusOr<PublicKey> KeyRecord::public_key() const {
  return Decoded(PublicKey::FromSpki(spki), "keys");
}

std::string LogConfigRowKey() { return "c"; }

std::string KeyRowKey(const KeyHash& key) { return absl::StrCat("k", key.value.bytes()); }

std::string ParticipantRowKey(std::string_view name) { return absl::StrCat("p", name); }

std::string VendorRowKey(std::string_view type, absl::Span<const std::string> path,
                         std::string_view identity) {
  std::string key = absl::StrCat("v", identity);
  key.push_back('\0');
  key += absl::StrCat(type, "/");
  for (const std::string& segment : path) key += absl::StrCat(PurlEncode(segment), "/");
  return key;
}

std::string EncodeLogConfigRecord(const LogConfigRecord& record) {
  ByteWriter writer;
  writer.U8(kFormat);
  writer.U64(record.index);
  writer.Bytes(record.entry_hash.bytes());
  writer.U64(record.version);
  writer.U64(record.rules);
  writer.U32(record.registrar_threshold);
  PutKeys(writer, record.registrar_keys);
  PutKeys(writer, record.state_keys);
  writer.U64(record.inline_limit_bytes);
  writer.U64(record.max_payload_bytes);
  return std::move(writer).Take();
}

std::string EncodeKeyRecord(const KeyRecord& record) {
  ByteWriter writer;
  writer.U8(kFormat);
  writer.U8(static_cast<uint8_t>(record.use));
  writer.U8(static_cast<uint8_t>(record.algorithm));
  PutText(writer, record.spki);
  writer.U64(record.index);
  PutText(writer, record.participant);
  PutScope(writer, record.scope);
  writer.U8(record.revoked_at ? 1 : 0);
  if (record.revoked_at) writer.U64(*record.revoked_at);
  return std::move(writer).Take();
}

std::string EncodeParticipantRecord(const ParticipantRecord& record) {
  ByteWriter writer;
  writer.U8(kFormat);
  writer.U64(record.index);
  writer.Bytes(record.entry_hash.bytes());
  writer.U64(record.version);
  writer.U32(record.threshold);
  PutKeys(writer, record.roots);
  PutKeys(writer, record.keys);
  writer.U8(static_cast<uint8_t>(record.grant.role));
  PutScope(writer, record.grant.scope);
  PutText(writer, record.contact);
  return std::move(writer).Take();
}

absl::StatusOr<LogConfigRecord> DecodeLogConfigRecord(std::string_view bytes) {
  ByteReader reader(bytes);
  return Decoded(ReadLogConfig(reader), "configurations");
}

absl::StatusOr<KeyRecord> DecodeKeyRecord(std::string_view bytes) {
  ByteReader reader(bytes);
  return Decoded(ReadKey(reader), "keys");
}

absl::StatusOr<ParticipantRecord> DecodeParticipantRecord(std::string_view bytes) {
  ByteReader reader(bytes);
  return Decoded(ReadParticipant(reader), "participants");
}

}  // namespace candor
