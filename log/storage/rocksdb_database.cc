// SPDX-License-Identifier: Apache-2.0
#include "log/storage/rocksdb_database.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/durable_file.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"
#include "log/storage/store_identity.h"
#include "rocksdb/write_batch.h"

namespace candor {
namespace {

constexpr size_t kMaxIdentityBytes = 1024;

std::string IdentityPath(const std::string& folder) { return folder + "/STORE"; }
std::string DbPath(const std::string& folder) { return folder + "/db"; }

// Whether a database was ever begun there.
bool HasDb(const std::string& folder) {
  std::error_code error;
  return std::filesystem::exists(DbPath(folder) + "/CURRENT", error);
}

absl::StatusOr<std::optional<StoreIdentity>> ReadIdentity(const std::string& folder) {
  absl::StatusOr<std::string> text = DurableFile(IdentityPath(folder)).Read(kMaxIdentityBytes);
  if (absl::IsNotFound(text.status())) return std::nullopt;
  if (absl::IsInvalidArgument(text.status())) return StoreDamaged("the STORE file is too large");
  if (!text.ok()) return text.status();
  CANDOR_ASSIGN_OR_RETURN(StoreIdentity identity, StoreIdentity::ParseText(*text));
  return std::optional<StoreIdentity>(std::move(identity));
}

absl::Status NoStore(const std::string& folder) {
  if (HasDb(folder)) {
    return StoreDamaged(
        absl::StrCat("folder ", folder, " has a database but no STORE file; restore that file"));
  }
  return Refuse(
      absl::StatusCode::kNotFound, "STORE_NOT_FOUND",
      absl::StrCat("folder ", folder, " holds no log store; make one with candor-log init"));
}

}  // namespace

RocksDbDatabase::~RocksDbDatabase() {
  if (db_ == nullptr) return;
  for (rocksdb::ColumnFamilyHandle* handle : handles_) {
    db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
  db_->Close().PermitUncheckedError();
}

absl::StatusOr<std::unique_ptr<RocksDbDatabase>> RocksDbDatabase::OpenDb(
    const RocksDbLogStoreOptions& options, Mode mode) {
  std::unique_ptr<RocksDbDatabase> database(new RocksDbDatabase());
  rocksdb::DBOptions db_options = MakeDbOptions();
  db_options.create_if_missing = mode == Mode::kNew;
  db_options.create_missing_column_families = mode == Mode::kNew;
  const std::string path = DbPath(options.folder);
  const auto families = MakeFamilies(options.block_cache_bytes);
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status =
      mode == Mode::kReadOnly
          ? rocksdb::DB::OpenForReadOnly(db_options, path, families, &database->handles_, &db)
          : rocksdb::DB::Open(db_options, path, families, &database->handles_, &db);
  CANDOR_RETURN_IF_ERROR(FromRocksDb(status, absl::StrCat("open ", path)));
  database->db_.reset(db);
  return database;
}

absl::StatusOr<std::unique_ptr<RocksDbDatabase>> RocksDbDatabase::Open(
    const RocksDbLogStoreOptions& options) {
  CANDOR_ASSIGN_OR_RETURN(std::unique_ptr<DirLock> lock, DirLock::Acquire(options.folder));
  CANDOR_ASSIGN_OR_RETURN(const auto identity, ReadIdentity(options.folder));
  if (!identity.has_value()) return NoStore(options.folder);
  CANDOR_RETURN_IF_ERROR(CheckStoreIdentity(*identity, options.origin, options.folder));
  {
    // An ordinary open of a damaged database may already rewrite parts of it, so look first.
    CANDOR_ASSIGN_OR_RETURN(const auto preview, OpenDb(options, Mode::kReadOnly));
    CANDOR_RETURN_IF_ERROR(preview->CheckMeta(options));
  }
  CANDOR_ASSIGN_OR_RETURN(std::unique_ptr<RocksDbDatabase> database,
                          OpenDb(options, Mode::kExisting));
  database->lock_ = std::move(lock);
  return database;
}

absl::StatusOr<std::unique_ptr<RocksDbDatabase>> RocksDbDatabase::Create(
    const RocksDbLogStoreOptions& options) {
  CANDOR_ASSIGN_OR_RETURN(std::unique_ptr<DirLock> lock, DirLock::Acquire(options.folder));
  CANDOR_ASSIGN_OR_RETURN(const auto identity, ReadIdentity(options.folder));
  if (identity.has_value()) {
    return Refuse(
        absl::StatusCode::kAlreadyExists, "STORE_EXISTS",
        absl::StrCat("folder ", options.folder, " already holds the store of ", identity->origin));
  }
  if (HasDb(options.folder)) {
    // A creation that did not reach its last step left an empty one. Anything else is not ours to
    // write over.
    CANDOR_ASSIGN_OR_RETURN(const auto preview, OpenDb(options, Mode::kReadOnly));
    const absl::StatusOr<StoredHead> head = preview->ReadHead();
    if (!head.ok() || head->tree_size != 0) return NoStore(options.folder);
  }
  CANDOR_ASSIGN_OR_RETURN(std::unique_ptr<RocksDbDatabase> database, OpenDb(options, Mode::kNew));
  CANDOR_RETURN_IF_ERROR(database->WriteMeta(options.origin));
  StoreIdentity ours;
  ours.origin = options.origin;
  CANDOR_RETURN_IF_ERROR(DurableFile(IdentityPath(options.folder)).Replace(ours.FormatText()));
  database->lock_ = std::move(lock);
  return database;
}

absl::Status RocksDbDatabase::WriteMeta(const std::string& origin) {
  rocksdb::WriteBatch batch;
  rocksdb::ColumnFamilyHandle* meta = family(Family::kMeta);
  (void)batch.Put(meta, ToSlice(kFormatKey), absl::StrCat(StoreIdentity::kFormat));
  (void)batch.Put(meta, ToSlice(kOriginKey), origin);
  (void)batch.Put(meta, ToSlice(kHeadKey), EncodeHead(StoredHead{}));
  rocksdb::WriteOptions options;
  options.sync = true;
  return FromRocksDb(db_->Write(options, &batch), "write the new store");
}

absl::Status RocksDbDatabase::CheckMeta(const RocksDbLogStoreOptions& options) const {
  CANDOR_ASSIGN_OR_RETURN(const auto format, GetMeta(kFormatKey));
  CANDOR_ASSIGN_OR_RETURN(const auto origin, GetMeta(kOriginKey));
  if (format != absl::StrCat(StoreIdentity::kFormat) || origin != options.origin) {
    return StoreDamaged("the database is not the one that the STORE file describes");
  }
  return ReadHead().status();
}

absl::StatusOr<std::optional<std::string>> RocksDbDatabase::GetMeta(
    std::string_view key, const rocksdb::Snapshot* snapshot) const {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot;
  std::string value;
  const rocksdb::Status status = db_->Get(options, family(Family::kMeta), ToSlice(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  CANDOR_RETURN_IF_ERROR(FromRocksDb(status, absl::StrCat("read ", key)));
  return std::optional<std::string>(std::move(value));
}

absl::StatusOr<StoredHead> RocksDbDatabase::ReadHead(const rocksdb::Snapshot* snapshot) const {
  CANDOR_ASSIGN_OR_RETURN(const auto bytes, GetMeta(kHeadKey, snapshot));
  if (!bytes.has_value()) return StoreDamaged("there is no head");
  return DecodeHead(*bytes);
}

absl::Status RocksDbDatabase::Flush() {
  return FromRocksDb(db_->Flush(rocksdb::FlushOptions(), handles_), "flush the store");
}

}  // namespace candor
