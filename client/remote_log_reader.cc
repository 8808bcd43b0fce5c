// SPDX-License-Identifier: Apache-2.0
#include "client/remote_log_reader.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/http_status.h"
#include "base/url.h"
#include "core/merkle/entry_bundle.h"
#include "core/note/note.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {

RemoteLogReader::RemoteLogReader(std::string prefix_url, HttpClient* http, absl::Duration timeout)
    : prefix_url_(std::move(prefix_url)), http_(http), timeout_(timeout) {}

absl::StatusOr<std::string> RemoteLogReader::Get(const std::string& path, size_t max_bytes) {
  HttpRequestSpec spec;
  spec.url = JoinUrl(prefix_url_, path);
  spec.timeout = timeout_;
  spec.max_response_bytes = max_bytes;
  absl::StatusOr<HttpResponse> response = http_->Fetch(spec);
  if (!response.ok()) return Annotate(response.status(), spec.url);
  if (absl::Status status = StatusFromResponse(*response); !status.ok()) {
    return Annotate(status, spec.url);
  }
  return response->text();
}

absl::StatusOr<std::string> RemoteLogReader::GetOrFull(const std::string& path,
                                                       const std::string& full_path,
                                                       size_t max_bytes, bool* used_full) {
  absl::StatusOr<std::string> body = Get(path, max_bytes);
  *used_full = false;
  if (body.ok() || body.status().code() != absl::StatusCode::kNotFound || path == full_path) {
    return body;
  }
  absl::StatusOr<std::string> full = Get(full_path, max_bytes);
  if (!full.ok()) return body;
  *used_full = true;
  return full;
}

absl::StatusOr<std::string> RemoteLogReader::ReadCheckpoint() {
  return Get("checkpoint", kMaxNoteBytes);
}

absl::StatusOr<std::string> RemoteLogReader::ReadTile(const TileId& tile) {
  const TileId full{tile.level, tile.index, kTileWidth};
  bool used_full = false;
  CANDOR_ASSIGN_OR_RETURN(std::string body,
                          GetOrFull(TilePath(tile), TilePath(full), kMaxTileBytes, &used_full));
  const size_t expected = size_t{tile.width} * Hash::kSize;
  if (used_full && body.size() == kMaxTileBytes) body.resize(expected);
  if (body.size() != expected) {
    return Refuse(absl::StatusCode::kDataLoss, "RESPONSE_MALFORMED",
                  absl::StrCat(JoinUrl(prefix_url_, TilePath(tile)), " has ", body.size(),
                               " bytes, a tile of that width has ", expected));
  }
  return body;
}

absl::StatusOr<std::vector<std::string>> RemoteLogReader::ReadTiles(
    absl::Span<const TileId> tiles) {
  std::vector<std::string> out;
  out.reserve(tiles.size());
  for (const TileId& tile : tiles) {
    CANDOR_ASSIGN_OR_RETURN(std::string data, ReadTile(tile));
    out.push_back(std::move(data));
  }
  return out;
}

absl::StatusOr<std::vector<std::string>> RemoteLogReader::ReadEntries(uint64_t index,
                                                                      uint16_t width) {
  bool used_full = false;
  CANDOR_ASSIGN_OR_RETURN(const std::string body, GetOrFull(EntryBundlePath(index, width),
                                                            EntryBundlePath(index, kTileWidth),
                                                            kMaxEntryBundleBytes, &used_full));
  absl::StatusOr<std::vector<std::string>> entries =
      DecodeEntryBundle(body, used_full ? kTileWidth : width);
  if (!entries.ok()) {
    return Refuse(absl::StatusCode::kDataLoss, "RESPONSE_MALFORMED",
                  absl::StrCat(JoinUrl(prefix_url_, EntryBundlePath(index, width)), ": ",
                               entries.status().message()));
  }
  entries->resize(width);
  return entries;
}

}  // namespace candor
