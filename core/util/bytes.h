// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace candor {

// Builds a binary encoding; integers are big-endian. Not thread-safe.
class ByteWriter {
 public:
  ByteWriter() = default;

  void U8(uint8_t value);
  void U16(uint16_t value);
  void U32(uint32_t value);
  void U64(uint64_t value);
  void Bytes(std::string_view bytes);  // As they are, without a length.

  std::string_view bytes() const { return bytes_; }
  std::string Take() && { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Reads a binary encoding from bytes that outlive it; integers are big-endian. A read past the end
// is INVALID_ARGUMENT with reason TRUNCATED and consumes nothing. Not thread-safe.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  absl::StatusOr<uint8_t> U8();
  absl::StatusOr<uint16_t> U16();
  absl::StatusOr<uint32_t> U32();
  absl::StatusOr<uint64_t> U64();
  // The next `count` bytes, a view into the reader's input. Allocates nothing.
  absl::StatusOr<std::string_view> Bytes(size_t count);

  size_t remaining() const { return rest_.size(); }
  // OK when everything was read; else INVALID_ARGUMENT with reason TRAILING_BYTES.
  absl::Status ExpectEnd() const;

 private:
  absl::StatusOr<uint64_t> Integer(size_t width);

  std::string_view rest_;
};

}  // namespace candor
