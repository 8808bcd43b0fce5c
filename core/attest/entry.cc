// SPDX-License-Identifier: Apache-2.0
#include "core/attest/entry.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/attest/dsse.h"
#include "core/crypto/signature.h"
#include "core/util/bytes.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr uint8_t kVersion = 1;
constexpr uint8_t kInlineFlag = 1;
constexpr size_t kFixedBytes = 1 + 1 + 2 + 8 + Hash::kSize + Hash::kSize + 1;
constexpr size_t kSignatureBytes = 1 + Hash::kSize + 2 + kSignatureSize;

absl::Status Invalid(std::string_view message) {
  return Refuse(absl::StatusCode::kInvalidArgument, "ENTRY_INVALID", message);
}

absl::Status CheckSize(size_t bytes) {
  if (bytes <= kMaxEntryBytes) return absl::OkStatus();
  return Refuse(absl::StatusCode::kInvalidArgument, "ENTRY_TOO_LARGE",
                absl::StrCat("the entry has ", bytes, " bytes; the limit is ", kMaxEntryBytes));
}

absl::Status CheckSignatures(const std::vector<EntrySignature>& signatures) {
  if (signatures.empty() || signatures.size() > kMaxEntrySignatures) {
    return Invalid(absl::StrCat("the entry has ", signatures.size(),
                                " signatures; it must have 1 to ", kMaxEntrySignatures));
  }
  for (size_t i = 0; i < signatures.size(); ++i) {
    if (i > 0 && !(signatures[i - 1].key < signatures[i].key)) {
      return Invalid("the signatures are not ascending by key hash, each key once");
    }
    absl::StatusOr<std::string> canonical =
        NormaliseSignature(signatures[i].algorithm, signatures[i].signature);
    if (!canonical.ok() || *canonical != signatures[i].signature) {
      return Invalid(absl::StrCat("the signature by key ", signatures[i].key.hex(),
                                  " is not in canonical form (64 bytes, low s)"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Hash> ReadHash(ByteReader& reader) {
  CANDOR_ASSIGN_OR_RETURN(std::string_view bytes, reader.Bytes(Hash::kSize));
  return Hash::FromBytes(bytes);
}

absl::StatusOr<EntrySignature> ReadSignature(ByteReader& reader) {
  CANDOR_ASSIGN_OR_RETURN(uint8_t algorithm, reader.U8());
  if (algorithm != static_cast<uint8_t>(KeyAlgorithm::kEcdsaP256Sha256) &&
      algorithm != static_cast<uint8_t>(KeyAlgorithm::kEd25519)) {
    return Refuse(absl::StatusCode::kUnimplemented, "UNSUPPORTED_ALGORITHM",
                  absl::StrCat("the signature algorithm ", algorithm, " is not supported"));
  }
  CANDOR_ASSIGN_OR_RETURN(Hash key, ReadHash(reader));
  CANDOR_ASSIGN_OR_RETURN(uint16_t length, reader.U16());
  if (length != kSignatureSize) {
    return Invalid(
        absl::StrCat("a signature has ", length, " bytes; it must have ", kSignatureSize));
  }
  CANDOR_ASSIGN_OR_RETURN(std::string_view signature, reader.Bytes(length));
  return EntrySignature{static_cast<KeyAlgorithm>(algorithm), KeyHash{key}, std::string(signature)};
}

// Reads version and flags; whether the payload is inline.
absl::StatusOr<bool> ReadPrologue(ByteReader& reader) {
  CANDOR_ASSIGN_OR_RETURN(uint8_t version, reader.U8());
  if (version != kVersion) {
    return Refuse(absl::StatusCode::kUnimplemented, "UNSUPPORTED_VERSION",
                  absl::StrCat("the entry encoding version ", version, " is not supported"));
  }
  CANDOR_ASSIGN_OR_RETURN(uint8_t flags, reader.U8());
  if ((flags & ~kInlineFlag) != 0) return Invalid("the entry's flags have an unknown bit set");
  return flags == kInlineFlag;
}

}  // namespace

Hash StatementId(std::string_view payload_type, std::string_view payload) {
  return Sha256(Pae(payload_type, payload));
}

absl::StatusOr<Entry> BuildEntry(std::string_view payload_type, std::string_view payload,
                                 std::vector<EntrySignature> signatures, bool inline_payload) {
  std::sort(signatures.begin(), signatures.end(),
            [](const EntrySignature& a, const EntrySignature& b) { return a.key < b.key; });
  CANDOR_RETURN_IF_ERROR(CheckPayloadType(payload_type));
  CANDOR_RETURN_IF_ERROR(CheckSignatures(signatures));
  CANDOR_RETURN_IF_ERROR(CheckSize(kFixedBytes + payload_type.size() +
                                   signatures.size() * kSignatureBytes +
                                   (inline_payload ? payload.size() : 0)));
  Entry entry;
  entry.payload_type_ = std::string(payload_type);
  entry.payload_size_ = payload.size();
  entry.payload_hash_ = Sha256(payload);
  entry.statement_id_ = StatementId(payload_type, payload);
  entry.signatures_ = std::move(signatures);
  if (inline_payload) entry.payload_ = std::string(payload);
  return entry;
}

std::string EncodeEntry(const Entry& entry) {
  ByteWriter writer;
  writer.U8(kVersion);
  writer.U8(entry.is_inline() ? kInlineFlag : 0);
  writer.U16(static_cast<uint16_t>(entry.payload_type().size()));
  writer.Bytes(entry.payload_type());
  writer.U64(entry.payload_size());
  writer.Bytes(entry.payload_hash().bytes());
  writer.Bytes(entry.statement_id().bytes());
  writer.U8(static_cast<uint8_t>(entry.signatures().size()));
  for (const EntrySignature& signature : entry.signatures()) {
    writer.U8(static_cast<uint8_t>(signature.algorithm));
    writer.Bytes(signature.key.value.bytes());
    writer.U16(static_cast<uint16_t>(signature.signature.size()));
    writer.Bytes(signature.signature);
  }
  if (entry.is_inline()) writer.Bytes(*entry.payload());
  return std::move(writer).Take();
}

absl::StatusOr<Entry> DecodeEntry(std::string_view bytes) {
  CANDOR_RETURN_IF_ERROR(CheckSize(bytes.size()));
  ByteReader reader(bytes);
  Entry entry;
  CANDOR_ASSIGN_OR_RETURN(bool inline_payload, ReadPrologue(reader));
  CANDOR_ASSIGN_OR_RETURN(uint16_t type_length, reader.U16());
  CANDOR_ASSIGN_OR_RETURN(std::string_view type, reader.Bytes(type_length));
  CANDOR_RETURN_IF_ERROR(CheckPayloadType(type));
  entry.payload_type_ = std::string(type);
  CANDOR_ASSIGN_OR_RETURN(entry.payload_size_, reader.U64());
  CANDOR_ASSIGN_OR_RETURN(entry.payload_hash_, ReadHash(reader));
  CANDOR_ASSIGN_OR_RETURN(entry.statement_id_, ReadHash(reader));
  CANDOR_ASSIGN_OR_RETURN(uint8_t count, reader.U8());
  for (size_t i = 0; i < count; ++i) {
    CANDOR_ASSIGN_OR_RETURN(EntrySignature signature, ReadSignature(reader));
    entry.signatures_.push_back(std::move(signature));
  }
  CANDOR_RETURN_IF_ERROR(CheckSignatures(entry.signatures_));
  if (!inline_payload) {
    CANDOR_RETURN_IF_ERROR(reader.ExpectEnd());
    return entry;
  }
  if (reader.remaining() != entry.payload_size_) {
    return Invalid(absl::StrCat("the payload's length is stated as ", entry.payload_size_,
                                " bytes, but ", reader.remaining(), " follow"));
  }
  CANDOR_ASSIGN_OR_RETURN(std::string_view payload, reader.Bytes(reader.remaining()));
  if (Sha256(payload) != entry.payload_hash_) return Invalid("the payload hash is wrong");
  if (StatementId(type, payload) != entry.statement_id_) {
    return Invalid("the statement id is wrong");
  }
  entry.payload_ = std::string(payload);
  return entry;
}

}  // namespace candor
