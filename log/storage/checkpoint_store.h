// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace candor {

// The bound of tlog-checkpoint bodies that we keep (128 KiB).
inline constexpr size_t kMaxCheckpointBytes = 128 * 1024;

struct StoredCheckpoint {
  uint64_t tree_size = 0;
  std::string note;  // a whole signed note

  friend bool operator==(const StoredCheckpoint&, const StoredCheckpoint&) = default;
};

// The checkpoints of a log: the last one that it signed, and every one that it published. Notes are
// opaque here; whoever puts them has checked them. Puts are durable on OK; after any other result
// the old or the new value may be found. Thread-safe.
class CheckpointStore {
 public:
  virtual ~CheckpointStore() = default;

  // The newest note that the log signed, whether published or not. FAILED_PRECONDITION with reason
  // CHECKPOINT_GOES_BACK when a larger one was put before. INVALID_ARGUMENT beyond
  // kMaxCheckpointBytes.
  virtual absl::Status PutSigned(uint64_t tree_size, std::string_view note) = 0;
  virtual absl::StatusOr<std::optional<StoredCheckpoint>> LastSigned() const = 0;

  // A published note. A second put at the same size replaces the note (refreshed or more
  // cosignatures). Errors as PutSigned.
  virtual absl::Status PutPublished(uint64_t tree_size, std::string_view note) = 0;
  virtual absl::StatusOr<std::optional<StoredCheckpoint>> LastPublished() const = 0;

  // The published checkpoint of exactly this size; nullopt when there was none.
  virtual absl::StatusOr<std::optional<StoredCheckpoint>> PublishedAt(uint64_t tree_size) const = 0;
  // The published checkpoint of the smallest size >= `tree_size`.
  virtual absl::StatusOr<std::optional<StoredCheckpoint>> PublishedAtOrAfter(
      uint64_t tree_size) const = 0;
};

// Whether a put may follow `last`, as above. For implementations.
absl::Status CheckCheckpointPut(const std::optional<StoredCheckpoint>& last, uint64_t tree_size,
                                std::string_view note);

}  // namespace candor
