// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/crypto/hash.h"
#include "core/note/note.h"

namespace candor {

inline constexpr size_t kMaxAddCheckpointBytes = 128 * 1024;
inline constexpr size_t kMaxAddCheckpointProofLines = 63;

// The content type of a 409 answer's body, which is FormatTreeSizeBody(size).
inline constexpr std::string_view kTreeSizeContentType = "text/x.tlog.size";

// The body of POST add-checkpoint (C2SP tlog-witness). Parsing checks the frame and that a
// checkpoint follows; the checkpoint itself is for OpenCheckpoint. Format(Parse(x)) == x for every
// x that parses.
struct AddCheckpointRequest {
  uint64_t old_size = 0;
  std::vector<Hash> proof;  // consistency proof, at most kMaxAddCheckpointProofLines
  std::string checkpoint;   // the whole signed note, verbatim, not empty

  // INVALID_ARGUMENT "ADD_CHECKPOINT_MALFORMED".
  static absl::StatusOr<AddCheckpointRequest> Parse(std::string_view body);

  std::string Format() const;

  bool operator==(const AddCheckpointRequest&) const = default;
};

// The body of a 200 answer: one or more signature lines. Unknown keys among them are the reader's
// to ignore. INVALID_ARGUMENT as ParseSignatureLines.
absl::StatusOr<std::vector<NoteSignature>> ParseAddCheckpointResponse(std::string_view body);
std::string FormatAddCheckpointResponse(const std::vector<NoteSignature>& signatures);

// The body of a 409 answer: the size of the latest cosigned checkpoint, in decimal, and a newline.
absl::StatusOr<uint64_t> ParseTreeSizeBody(std::string_view body);
std::string FormatTreeSizeBody(uint64_t tree_size);

// The path, below the monitoring prefix, of a log's latest cosigned checkpoint:
// "<lower-case hex SHA-256 of the origin>/checkpoint".
std::string MonitorCheckpointPath(std::string_view origin);

}  // namespace candor
