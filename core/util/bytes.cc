// SPDX-License-Identifier: Apache-2.0
#include "core/util/bytes.h"

#include "absl/strings/str_cat.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

void AppendBigEndian(uint64_t value, size_t width, std::string& out) {
  for (size_t i = width; i-- > 0;) out.push_back(static_cast<char>(value >> (8 * i)));
}

}  // namespace

void ByteWriter::U8(uint8_t value) { AppendBigEndian(value, 1, bytes_); }
void ByteWriter::U16(uint16_t value) { AppendBigEndian(value, 2, bytes_); }
void ByteWriter::U32(uint32_t value) { AppendBigEndian(value, 4, bytes_); }
void ByteWriter::U64(uint64_t value) { AppendBigEndian(value, 8, bytes_); }
void ByteWriter::Bytes(std::string_view bytes) { bytes_.append(bytes); }

absl::StatusOr<std::string_view> ByteReader::Bytes(size_t count) {
  if (count > rest_.size()) {
    return Refuse(absl::StatusCode::kInvalidArgument, "TRUNCATED",
                  absl::StrCat("the input ends early: ", count, " more bytes are expected and ",
                               rest_.size(), " are left"));
  }
  std::string_view bytes = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return bytes;
}

absl::StatusOr<uint64_t> ByteReader::Integer(size_t width) {
  CANDOR_ASSIGN_OR_RETURN(std::string_view bytes, Bytes(width));
  uint64_t value = 0;
  for (char c : bytes) value = value << 8 | static_cast<uint8_t>(c);
  return value;
}

absl::StatusOr<uint8_t> ByteReader::U8() {
  CANDOR_ASSIGN_OR_RETURN(uint64_t value, Integer(1));
  return static_cast<uint8_t>(value);
}

absl::StatusOr<uint16_t> ByteReader::U16() {
  CANDOR_ASSIGN_OR_RETURN(uint64_t value, Integer(2));
  return static_cast<uint16_t>(value);
}

absl::StatusOr<uint32_t> ByteReader::U32() {
  CANDOR_ASSIGN_OR_RETURN(uint64_t value, Integer(4));
  return static_cast<uint32_t>(value);
}

absl::StatusOr<uint64_t> ByteReader::U64() { return Integer(8); }

absl::Status ByteReader::ExpectEnd() const {
  if (rest_.empty()) return absl::OkStatus();
  return Refuse(absl::StatusCode::kInvalidArgument, "TRAILING_BYTES",
                absl::StrCat("the input has ", rest_.size(), " bytes after its end"));
}

}  // namespace candor
