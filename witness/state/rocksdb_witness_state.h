// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/dir_lock.h"
#include "base/durable_file.h"
#include "base/mutex.h"
#include "core/note/vkey.h"
#include "witness/state/witness_state.h"

namespace rocksdb {
class DB;
}  // namespace rocksdb

namespace candor {

// The durable state of a witness: a folder with a RocksDB database of whole cosigned checkpoints
// and the small file described in state_file.h. One process at a time.
//
// Advance writes and syncs the database, then the count in the file, then answers. A crash before
// the first leaves the old state; between the two or later, the new one.
class RocksDbWitnessState final : public WitnessState {
 public:
  // Makes the state of a new witness in `folder`, which must exist and be empty. The same folder is
  // never made twice: a witness that lost its state must not go on under its key.
  static absl::Status Create(const std::string& folder, const VerifierKey& witness);

  // Opens the state of `witness` and verifies all of it. On an error nothing in the folder was
  // changed:
  //   NOT_FOUND           "STATE_NOT_FOUND": no witness state there
  //   FAILED_PRECONDITION "FOLDER_IN_USE", "FORMAT_TOO_NEW", "WRONG_WITNESS" (of another name or
  //   key) DATA_LOSS           "STATE_DAMAGED"
  static absl::StatusOr<std::unique_ptr<RocksDbWitnessState>> Open(const std::string& folder,
                                                                   const VerifierKey& witness);
  ~RocksDbWitnessState() override;

  CosignedCheckpointPtr Latest(const Hash& origin_hash) const override;
  absl::Status Advance(const CosignedCheckpointPtr& expected,
                       const CosignedCheckpointPtr& next) override;
  absl::Status Health() const override;

 private:
  using Checkpoints = absl::flat_hash_map<Hash, CosignedCheckpointPtr>;
  struct Content {
    uint64_t writes = 0;
    Checkpoints latest;
  };

  RocksDbWitnessState(std::unique_ptr<DirLock> lock, const std::string& folder,
                      std::string witness);

  static absl::StatusOr<Content> Load(rocksdb::DB* db, const VerifierKey& witness);
  absl::Status Write(const CosignedCheckpoint& next, uint64_t writes);
  absl::Status WriteStateFile(uint64_t writes);

  const std::unique_ptr<DirLock> lock_;  // released last
  const std::string witness_;            // vkey
  DurableFile state_file_;
  std::unique_ptr<rocksdb::DB> db_;

  Mutex write_mutex_;  // held over a whole Advance; taken before mutex_
  uint64_t writes_ ABSL_GUARDED_BY(write_mutex_) = 0;

  mutable Mutex mutex_;
  Checkpoints latest_ ABSL_GUARDED_BY(mutex_);
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace candor
