// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

// Entry bundles of C2SP tlog-tiles: up to 256 entries, each after its length as a big-endian
// uint16.

namespace candor {

inline constexpr size_t kMaxEntryBytes = 65535;
// The largest bundle: 256 entries of 65,535 bytes, each with its length.
inline constexpr size_t kMaxEntryBundleBytes = 256 * (2 + kMaxEntryBytes);

// The entries [256 * index, 256 * index + width).
struct EntryBundleId {
  uint64_t index = 0;
  uint16_t width = 0;  // 1..256; 256 is a full bundle

  friend auto operator<=>(const EntryBundleId&, const EntryBundleId&) = default;
};

// The path below a log's prefix, without a leading slash: "tile/entries/x001/067" or, when partial,
// "tile/entries/x001/067.p/12".
std::string EntryBundlePath(uint64_t index, uint16_t width);

// The inverse. Only canonical paths are accepted; INVALID_ARGUMENT with reason MALFORMED_TILE_PATH
// otherwise.
absl::StatusOr<EntryBundleId> ParseEntryBundlePath(std::string_view path);

// The bundle of 1..256 entries of at most 65,535 bytes each; INVALID_ARGUMENT otherwise.
absl::StatusOr<std::string> EncodeEntryBundle(absl::Span<const std::string> entries);

// The entries of a bundle, which must be exactly `width` and fill `bytes`.
// INVALID_ARGUMENT with reason MALFORMED_ENTRY_BUNDLE otherwise.
absl::StatusOr<std::vector<std::string>> DecodeEntryBundle(std::string_view bytes, uint16_t width);

}  // namespace candor
