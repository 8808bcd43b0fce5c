// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/merkle/entry_bundle.h"
#include "core/merkle/tile.h"
#include "tests/fuzz/targets.h"

namespace candor {
namespace {

constexpr char kNotIdentical[] = "encoding what was decoded gives other bytes";

// The count of an input that says it in its first byte.
uint16_t WidthOf(std::string_view input) {
  return static_cast<uint16_t>(static_cast<unsigned char>(input.front()) + 1);
}

}  // namespace

FuzzOutcome FuzzTilePath(std::string_view input) {
  const absl::StatusOr<TileId> tile = ParseTilePath(input);
  const absl::StatusOr<EntryBundleId> bundle = ParseEntryBundlePath(input);
  if (tile.ok() && bundle.ok()) return "a path of both kinds";
  if (tile.ok() && TilePath(*tile) != input) return kNotIdentical;
  if (bundle.ok() && EntryBundlePath(bundle->index, bundle->width) != input) return kNotIdentical;
  return tile.ok() || bundle.ok() ? FuzzOutcome("") : std::nullopt;
}

FuzzOutcome FuzzEntryBundle(std::string_view input) {
  if (input.empty()) return std::nullopt;
  const uint16_t width = WidthOf(input);
  const std::string_view data = input.substr(1);
  const absl::StatusOr<std::vector<std::string>> entries = DecodeEntryBundle(data, width);
  if (entries.ok()) {
    if (entries->size() != width) return "a bundle of another width";
    const absl::StatusOr<std::string> again = EncodeEntryBundle(*entries);
    if (!again.ok() || *again != data) return kNotIdentical;
  }
  const absl::StatusOr<std::vector<Hash>> hashes = DecodeTile(data, width);
  if (hashes.ok() && (hashes->size() != width || EncodeTile(*hashes) != data)) {
    return kNotIdentical;
  }
  return entries.ok() || hashes.ok() ? FuzzOutcome("") : std::nullopt;
}

}  // namespace candor
