// SPDX-License-Identifier: Apache-2.0
#include "core/merkle/entry_bundle.h"

#include "absl/strings/str_cat.h"
#include "core/merkle/tile_path.h"
#include "core/util/bytes.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr std::string_view kPathPrefix = "tile/entries/";
constexpr size_t kMaxWidth = 256;

absl::Status Malformed(std::string_view why) {
  return Refuse(absl::StatusCode::kInvalidArgument, "MALFORMED_ENTRY_BUNDLE",
                absl::StrCat("the entry bundle ", why));
}

absl::StatusOr<std::string> TakeEntry(ByteReader& reader) {
  CANDOR_ASSIGN_OR_RETURN(const uint16_t size, reader.U16());
  CANDOR_ASSIGN_OR_RETURN(const std::string_view entry, reader.Bytes(size));
  return std::string(entry);
}

}  // namespace

std::string EntryBundlePath(uint64_t index, uint16_t width) {
  return absl::StrCat(kPathPrefix, FormatTileLocation({index, width}));
}

absl::StatusOr<EntryBundleId> ParseEntryBundlePath(std::string_view path) {
  if (!path.starts_with(kPathPrefix)) {
    return MalformedTilePath("it does not begin with tile/entries/");
  }
  CANDOR_ASSIGN_OR_RETURN(const TileLocation location,
                          ParseTileLocation(path.substr(kPathPrefix.size())));
  return EntryBundleId{location.index, location.width};
}

absl::StatusOr<std::string> EncodeEntryBundle(absl::Span<const std::string> entries) {
  if (entries.empty() || entries.size() > kMaxWidth) {
    return Malformed(absl::StrCat("must hold 1 to 256 entries, not ", entries.size()));
  }
  ByteWriter writer;
  for (const std::string& entry : entries) {
    if (entry.size() > kMaxEntryBytes) {
      return Malformed(absl::StrCat("has an entry of ", entry.size(), " bytes, at most ",
                                    kMaxEntryBytes, " are allowed"));
    }
    writer.U16(static_cast<uint16_t>(entry.size()));
    writer.Bytes(entry);
  }
  return std::move(writer).Take();
}

absl::StatusOr<std::vector<std::string>> DecodeEntryBundle(std::string_view bytes, uint16_t width) {
  if (width == 0 || width > kMaxWidth) return Malformed("must have a width of 1 to 256");
  ByteReader reader(bytes);
  std::vector<std::string> entries;
  entries.reserve(width);
  for (uint16_t i = 0; i < width; ++i) {
    absl::StatusOr<std::string> entry = TakeEntry(reader);
    if (!entry.ok()) return Malformed(absl::StrCat("ends within entry ", i, " of ", width));
    entries.push_back(*std::move(entry));
  }
  if (reader.remaining() != 0) {
    return Malformed(
        absl::StrCat("has ", reader.remaining(), " bytes after its ", width, " entries"));
  }
  return entries;
}

}  // namespace candor
