// SPDX-License-Identifier: Apache-2.0
#include "base/gzip.h"

#include <libdeflate.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <new>

#include "absl/strings/str_cat.h"
#include "core/util/reason.h"

namespace candor {
namespace {

struct CompressorDeleter {
  void operator()(libdeflate_compressor* compressor) const {
    libdeflate_free_compressor(compressor);
  }
};
struct DecompressorDeleter {
  void operator()(libdeflate_decompressor* decompressor) const {
    libdeflate_free_decompressor(decompressor);
  }
};

constexpr std::string_view kMagic = "\x1f\x8b\x08";
constexpr size_t kMinMemberBytes = 18;
// Deflate can not expand more than this, so a small input can not claim a huge output buffer.
constexpr size_t kMaxExpansion = 1032;

absl::Status Malformed(const char* what) {
  return Refuse(absl::StatusCode::kInvalidArgument, "GZIP_MALFORMED",
                absl::StrCat("gzip data ", what));
}

// The last four bytes: the size modulo 2^32, little-endian.
size_t ClaimedSize(std::string_view data) {
  size_t size = 0;
  for (size_t i = 0; i < 4; ++i) {
    size |= static_cast<size_t>(static_cast<uint8_t>(data[data.size() - 4 + i])) << (8 * i);
  }
  return size;
}

}  // namespace

std::string GzipCompress(std::string_view data, int level) {
  const std::unique_ptr<libdeflate_compressor, CompressorDeleter> compressor(
      libdeflate_alloc_compressor(std::clamp(level, 1, 12)));
  if (compressor == nullptr) throw std::bad_alloc();
  std::string out(libdeflate_gzip_compress_bound(compressor.get(), data.size()), '\0');
  out.resize(
      libdeflate_gzip_compress(compressor.get(), data.data(), data.size(), out.data(), out.size()));
  return out;
}

absl::StatusOr<std::string> GzipDecompress(std::string_view data, size_t max_bytes) {
  if (data.size() < kMinMemberBytes) return Malformed("is truncated");
  if (data.substr(0, kMagic.size()) != kMagic) return Malformed("does not begin as gzip does");
  const size_t claimed = ClaimedSize(data);
  if (claimed > max_bytes) {
    return Refuse(absl::StatusCode::kInvalidArgument, "GZIP_TOO_LARGE",
                  absl::StrCat("gzip data is larger than the limit of ", max_bytes,
                               " bytes after decompression"));
  }
  if (claimed / kMaxExpansion > data.size()) return Malformed("claims an impossible size");
  const std::unique_ptr<libdeflate_decompressor, DecompressorDeleter> decompressor(
      libdeflate_alloc_decompressor());
  if (decompressor == nullptr) throw std::bad_alloc();
  std::string out(claimed, '\0');
  size_t used = 0;
  size_t written = 0;
  const libdeflate_result result = libdeflate_gzip_decompress_ex(
      decompressor.get(), data.data(), data.size(), out.data(), out.size(), &used, &written);
  if (result != LIBDEFLATE_SUCCESS || written != claimed) return Malformed("is damaged");
  if (used != data.size()) return Malformed("has trailing bytes");
  return out;
}

}  // namespace candor
