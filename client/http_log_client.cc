// SPDX-License-Identifier: Apache-2.0
#include "client/http_log_client.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/http_status.h"
#include "base/url.h"
#include "client/remote_log_reader.h"
#include "core/merkle/tile.h"
#include "core/note/checkpoint.h"
#include "core/note/note.h"
#include "core/note/tlog_proof.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {

HttpLogClient::HttpLogClient(std::string prefix_url, HttpClient* http)
    : prefix_url_(std::move(prefix_url)), http_(http) {}

HttpLogClient::HttpLogClient(std::string prefix_url, std::unique_ptr<HttpClient> http)
    : prefix_url_(std::move(prefix_url)), owned_http_(std::move(http)), http_(owned_http_.get()) {}

absl::StatusOr<std::string> HttpLogClient::Add(std::string_view envelope_json,
                                               absl::Duration timeout) {
  CANDOR_RETURN_IF_ERROR(CheckEnvelopeSize(envelope_json));
  HttpRequestSpec spec;
  spec.method = "POST";
  spec.url = JoinUrl(prefix_url_, "add");
  spec.headers.Set("Content-Type", "application/json");
  spec.body = std::string(envelope_json);
  spec.timeout = timeout;
  spec.max_response_bytes = kMaxTlogProofBytes;
  absl::StatusOr<HttpResponse> response = http_->Fetch(std::move(spec));
  if (!response.ok()) return Annotate(response.status(), prefix_url_);
  if (absl::Status status = StatusFromResponse(*response); !status.ok()) {
    return Annotate(status, prefix_url_);
  }
  return response->text();
}

absl::StatusOr<std::string> HttpLogClient::GetCheckpoint(absl::Duration timeout) {
  return RemoteLogReader(prefix_url_, http_, timeout).ReadCheckpoint();
}

absl::StatusOr<std::string> HttpLogClient::GetEntry(uint64_t index, absl::Duration timeout) {
  RemoteLogReader reader(prefix_url_, http_, timeout);
  CANDOR_ASSIGN_OR_RETURN(const std::string bytes, reader.ReadCheckpoint());
  CANDOR_ASSIGN_OR_RETURN(const Note note, Note::Parse(bytes));
  CANDOR_ASSIGN_OR_RETURN(const Checkpoint checkpoint, Checkpoint::ParseText(note.text));
  if (index >= checkpoint.tree_size) {
    return absl::OutOfRangeError(absl::StrCat("there is no entry ", index, ": the log has ",
                                              checkpoint.tree_size, " published entries"));
  }
  const uint64_t bundle = index / kTileWidth;
  const uint64_t rest = checkpoint.tree_size - bundle * kTileWidth;
  const auto width = static_cast<uint16_t>(std::min<uint64_t>(rest, kTileWidth));
  CANDOR_ASSIGN_OR_RETURN(std::vector<std::string> entries, reader.ReadEntries(bundle, width));
  return std::move(entries[index % kTileWidth]);
}

}  // namespace candor
