// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/http_client.h"
#include "core/merkle/tile.h"
#include "core/merkle/tile_reader.h"

namespace candor {

// The read side of any C2SP tlog-tiles log over HTTP: checkpoint, tiles, entry bundles. Nothing is
// authenticated here: hand it to TileReader and compare leaves. Bodies are bounded by what the
// standard allows. When a partial tile or bundle is gone the full one is asked for and cut, as the
// standard advises. Errors as HttpClient and StatusFromResponse, with the URL; a body of a wrong
// size is DATA_LOSS (reason RESPONSE_MALFORMED). As thread-safe as the client, which must outlive
// this.
class RemoteLogReader : public TileSource {
 public:
  // `prefix_url`: the log's URL prefix, http or https.
  RemoteLogReader(std::string prefix_url, HttpClient* http,
                  absl::Duration timeout = absl::Seconds(30));

  absl::StatusOr<std::string> ReadCheckpoint();
  absl::StatusOr<std::vector<std::string>> ReadTiles(absl::Span<const TileId> tiles) override;
  // The entries [256 * index, 256 * index + width), width 1..256.
  absl::StatusOr<std::vector<std::string>> ReadEntries(uint64_t index, uint16_t width);

  const std::string& prefix_url() const { return prefix_url_; }

 private:
  absl::StatusOr<std::string> Get(const std::string& path, size_t max_bytes);
  // `path`, or `full_path` when the first is not there any more.
  absl::StatusOr<std::string> GetOrFull(const std::string& path, const std::string& full_path,
                                        size_t max_bytes, bool* used_full);
  absl::StatusOr<std::string> ReadTile(const TileId& tile);

  const std::string prefix_url_;
  HttpClient* const http_;
  const absl::Duration timeout_;
};

}  // namespace candor
