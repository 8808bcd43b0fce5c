// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/dir_lock.h"
#include "base/durable_file.h"
#include "core/attest/memory_registry.h"

namespace candor {

// What a monitor remembers between runs.
struct MonitorPosition {
  std::string checkpoint;   // the newest accepted one: a signed note
  uint64_t next_index = 0;  // entries before it were checked and told
};

// A monitor's folder: `state.json` (position, replaced as a whole) and `registry` (the entries that
// made the registry, appended). The position says how much of `registry` counts, so a crash between
// the two loses nothing. One process at a time. Not thread-safe.
class MonitorState {
 public:
  // Creates the folder if there is none. FAILED_PRECONDITION with reason FOLDER_IN_USE, or
  // DATA_LOSS with reason STATE_DAMAGED, saying what to do; nothing is changed then.
  static absl::StatusOr<std::unique_ptr<MonitorState>> Open(const std::string& folder);

  // nullopt before the first Save.
  const std::optional<MonitorPosition>& position() const { return position_; }
  // Replays what `registry` holds into an empty registry of the log. DATA_LOSS as above.
  absl::Status LoadRegistry(MemoryRegistry* registry) const;

  // Remembers an entry that changed the registry; durable with the next Save.
  void AddRegistryEntry(uint64_t index, std::string_view entry);
  // Durable on OK.
  absl::Status Save(const MonitorPosition& position);

  // Keeps evidence beside the state: writes `name` once; a file of that name stays.
  absl::Status KeepEvidence(const std::string& name, std::string_view text);

  // The same, but RESOURCE_EXHAUSTED when the folder holds `limit` other files whose names begin
  // with `prefix`, as `name` does.
  absl::Status KeepOneOf(std::string_view prefix, size_t limit, const std::string& name,
                         std::string_view text);

  const std::string& folder() const { return folder_; }

 private:
  MonitorState(std::string folder, std::unique_ptr<DirLock> lock);
  absl::Status Load();
  absl::Status AppendRegistry();

  const std::string folder_;
  const std::unique_ptr<DirLock> lock_;
  DurableFile file_;
  std::optional<MonitorPosition> position_;
  uint64_t registry_bytes_ = 0;
  std::string pending_;  // encoded entries that the next Save appends
};

}  // namespace candor
