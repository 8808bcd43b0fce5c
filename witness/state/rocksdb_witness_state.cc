// SPDX-License-Identifier: Apache-2.0
#include "witness/state/rocksdb_witness_state.h"

#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"
#include "rocksdb/db.h"
#include "rocksdb/env.h"
#include "rocksdb/write_batch.h"
#include "witness/state/state_file.h"

namespace candor {
namespace {

constexpr std::string_view kWitnessKey = "witness";            // -> vkey
constexpr std::string_view kWritesKey = "writes";              // -> decimal
constexpr std::string_view kCheckpointPrefix = "checkpoint/";  // + origin hash -> signed note
constexpr size_t kMaxStateFileBytes = 64 * 1024;

enum class Mode { kNew, kReadOnly, kReadWrite };

std::string StateFilePath(const std::string& folder) { return folder + "/STATE"; }
std::string DbPath(const std::string& folder) { return folder + "/db"; }

rocksdb::Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view View(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// RocksDB's own log would be a file in a folder that a mere look must not change.
class NoLogger final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char* /*format*/, va_list /*arguments*/) override {}
};

rocksdb::Options MakeOptions() {
  rocksdb::Options options;
  options.info_log = std::make_shared<NoLogger>();
  // The default would drop every record after a damaged one without a word.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.max_bgerror_resume_count = 0;  // a failed sync ends this process's writing
  options.write_buffer_size = 4 << 20;
  options.max_total_wal_size = 4 << 20;
  options.max_open_files = 64;
  return options;
}

absl::StatusOr<std::unique_ptr<rocksdb::DB>> OpenDb(const std::string& folder, Mode mode) {
  rocksdb::Options options = MakeOptions();
  options.create_if_missing = mode == Mode::kNew;
  options.error_if_exists = mode == Mode::kNew;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = mode == Mode::kReadOnly
                                     ? rocksdb::DB::OpenForReadOnly(options, DbPath(folder), &db)
                                     : rocksdb::DB::Open(options, DbPath(folder), &db);
  if (!status.ok()) {
    return StateDamaged(absl::StrCat("the database can not be opened: ", status.ToString()));
  }
  return std::unique_ptr<rocksdb::DB>(db);
}

absl::StatusOr<StateFile> ReadStateFile(const std::string& folder) {
  const absl::StatusOr<std::string> text =
      DurableFile(StateFilePath(folder)).Read(kMaxStateFileBytes);
  if (absl::IsNotFound(text.status())) {
    std::error_code error;
    if (std::filesystem::exists(DbPath(folder), error)) {
      return StateDamaged("there is a database but no STATE file");
    }
    return Refuse(absl::StatusCode::kNotFound, "STATE_NOT_FOUND",
                  absl::StrCat("the folder ", folder,
                               " holds no witness state; candor-witness init makes one"));
  }
  if (absl::IsInvalidArgument(text.status())) return StateDamaged("the STATE file is too large");
  CANDOR_RETURN_IF_ERROR(text.status());
  return StateFile::ParseText(*text);
}

absl::Status CheckOwner(const StateFile& file, const std::string& folder,
                        const VerifierKey& witness) {
  if (file.witness == witness.ToString()) return absl::OkStatus();
  return Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_WITNESS",
                absl::StrCat("the folder ", folder, " is the state of the witness ", file.witness,
                             ", not of ", witness.ToString()));
}

absl::StatusOr<CosignedCheckpointPtr> LoadCheckpoint(std::string_view origin_hash,
                                                     std::string_view note,
                                                     const VerifierKey& witness) {
  absl::StatusOr<CosignedCheckpoint> checkpoint = CosignedCheckpoint::Parse(note, witness);
  if (!checkpoint.ok()) {
    return StateDamaged(absl::StrCat("a checkpoint: ", checkpoint.status().message()));
  }
  if (checkpoint->origin_hash().bytes() != origin_hash) {
    return StateDamaged("a checkpoint is stored in the place of another log's");
  }
  return std::make_shared<const CosignedCheckpoint>(*std::move(checkpoint));
}

}  // namespace

RocksDbWitnessState::RocksDbWitnessState(std::unique_ptr<DirLock> lock, const std::string& folder,
                                         std::string witness)
    : lock_(std::move(lock)), witness_(std::move(witness)), state_file_(StateFilePath(folder)) {}

RocksDbWitnessState::~RocksDbWitnessState() {
  if (db_ != nullptr) db_->Close().PermitUncheckedError();
}

absl::Status RocksDbWitnessState::Create(const std::string& folder, const VerifierKey& witness) {
  CANDOR_ASSIGN_OR_RETURN(const std::unique_ptr<DirLock> lock, DirLock::Acquire(folder));
  std::error_code error;
  if (!std::filesystem::is_empty(folder, error) || error) {
    return Refuse(absl::StatusCode::kAlreadyExists, "FOLDER_NOT_EMPTY",
                  absl::StrCat("the folder ", folder, " must be empty to make a witness state"));
  }
  StateFile file;
  file.witness = witness.ToString();
  {
    CANDOR_ASSIGN_OR_RETURN(const std::unique_ptr<rocksdb::DB> db, OpenDb(folder, Mode::kNew));
    rocksdb::WriteBatch batch;
    batch.Put(ToSlice(kWitnessKey), ToSlice(file.witness)).PermitUncheckedError();
    batch.Put(ToSlice(kWritesKey), "0").PermitUncheckedError();
    rocksdb::WriteOptions options;
    options.sync = true;
    const rocksdb::Status status = db->Write(options, &batch);
    if (!status.ok()) return absl::UnavailableError(status.ToString());
  }
  // Last: a folder without it is not a state yet. Syncing the folder also keeps the database in it.
  return DurableFile(StateFilePath(folder)).Replace(file.FormatText());
}

absl::StatusOr<std::unique_ptr<RocksDbWitnessState>> RocksDbWitnessState::Open(
    const std::string& folder, const VerifierKey& witness) {
  CANDOR_ASSIGN_OR_RETURN(std::unique_ptr<DirLock> lock, DirLock::Acquire(folder));
  CANDOR_ASSIGN_OR_RETURN(const StateFile file, ReadStateFile(folder));
  CANDOR_RETURN_IF_ERROR(CheckOwner(file, folder, witness));
  Content content;
  {
    // An ordinary open writes: it replays the write-ahead log. So look at everything first.
    CANDOR_ASSIGN_OR_RETURN(const std::unique_ptr<rocksdb::DB> preview,
                            OpenDb(folder, Mode::kReadOnly));
    CANDOR_ASSIGN_OR_RETURN(content, Load(preview.get(), witness));
  }
  // A crash can leave the database one write ahead of the file, never behind it.
  if (content.writes < file.writes || content.writes - file.writes > 1) {
    return StateDamaged(absl::StrCat("the database holds ", content.writes,
                                     " writes, the STATE file ", "counts ", file.writes));
  }
  std::unique_ptr<RocksDbWitnessState> state(
      new RocksDbWitnessState(std::move(lock), folder, file.witness));
  CANDOR_ASSIGN_OR_RETURN(state->db_, OpenDb(folder, Mode::kReadWrite));
  if (content.writes != file.writes) {
    CANDOR_RETURN_IF_ERROR(state->WriteStateFile(content.writes));
  }
  {
    MutexLock write_lock(&state->write_mutex_);
    state->writes_ = content.writes;
    MutexLock map_lock(&state->mutex_);
    state->latest_ = std::move(content.latest);
  }
  return state;
}

absl::StatusOr<RocksDbWitnessState::Content> RocksDbWitnessState::Load(rocksdb::DB* db,
                                                                       const VerifierKey& witness) {
  Content content;
  std::optional<std::string> owner;
  std::optional<uint64_t> writes;
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  const std::unique_ptr<rocksdb::Iterator> it(db->NewIterator(options));
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    const std::string_view key = View(it->key());
    const std::string_view value = View(it->value());
    if (key == kWitnessKey) {
      owner = std::string(value);
    } else if (key == kWritesKey) {
      const absl::StatusOr<uint64_t> number = ParseDecimal(value);
      if (number.ok()) writes = *number;
    } else if (key.starts_with(kCheckpointPrefix)) {
      CANDOR_ASSIGN_OR_RETURN(CosignedCheckpointPtr checkpoint,
                              LoadCheckpoint(key.substr(kCheckpointPrefix.size()), value, witness));
      content.latest[checkpoint->origin_hash()] = std::move(checkpoint);
    } else {
      return StateDamaged("the database holds something unknown");
    }
  }
  if (!it->status().ok()) return StateDamaged(it->status().ToString());
  if (owner != witness.ToString()) return StateDamaged("the database is of another witness");
  if (!writes) return StateDamaged("the database does not count its writes");
  content.writes = *writes;
  return content;
}

CosignedCheckpointPtr RocksDbWitnessState::Latest(const Hash& origin_hash) const {
  MutexLock lock(&mutex_);
  const auto found = latest_.find(origin_hash);
  return found == latest_.end() ? nullptr : found->second;
}

absl::Status RocksDbWitnessState::Health() const {
  MutexLock lock(&mutex_);
  return failure_;
}

absl::Status RocksDbWitnessState::Advance(const CosignedCheckpointPtr& expected,
                                          const CosignedCheckpointPtr& next) {
  MutexLock write_lock(&write_mutex_);
  CANDOR_RETURN_IF_ERROR(Health());
  CANDOR_RETURN_IF_ERROR(CheckAdvance(Latest(next->origin_hash()), expected, next));
  const absl::Status status = Write(*next, writes_ + 1);
  MutexLock lock(&mutex_);
  if (!status.ok()) {
    // Whether it is stored is not known, so nothing more is written: a restart reads what there is.
    failure_ =
        Refuse(absl::StatusCode::kUnavailable, "STATE_NOT_PERSISTED",
               absl::StrCat("the witness state can not be written, nothing is cosigned until a "
                            "restart: ",
                            status.message()));
    return failure_;
  }
  ++writes_;
  latest_[next->origin_hash()] = next;
  return absl::OkStatus();
}

absl::Status RocksDbWitnessState::Write(const CosignedCheckpoint& next, uint64_t writes) {
  const std::string key = absl::StrCat(kCheckpointPrefix, next.origin_hash().bytes());
  rocksdb::WriteBatch batch;
  batch.Put(key, next.note()).PermitUncheckedError();
  batch.Put(ToSlice(kWritesKey), absl::StrCat(writes)).PermitUncheckedError();
  rocksdb::WriteOptions options;
  options.sync = true;
  const rocksdb::Status status = db_->Write(options, &batch);
  if (!status.ok()) return absl::UnavailableError(status.ToString());
  return WriteStateFile(writes);
}

absl::Status RocksDbWitnessState::WriteStateFile(uint64_t writes) {
  StateFile file;
  file.witness = witness_;
  file.writes = writes;
  return state_file_.Replace(file.FormatText());
}

}  // namespace candor
