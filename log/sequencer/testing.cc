// SPDX-License-Identifier: Apache-2.0
#include "log/sequencer/testing.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/fake_file_system.h"
#include "core/attest/content.h"
#include "core/attest/dsse.h"
#include "core/attest/entry.h"
#include "core/attest/predicates.h"
#include "core/attest/testing.h"
#include "core/attest/verify_entry.h"
#include "core/merkle/hasher.h"
#include "core/merkle/testing.h"
#include "core/merkle/tile.h"
#include "core/util/status_macros.h"
#include "core/util/testing.h"
#include "log/sequencer/entry_lookup.h"
#include "log/sequencer/genesis/genesis.h"
#include "log/sequencer/registry_digest.h"
#include "log/storage/checkpoint_file.h"

namespace candor {
namespace {

constexpr std::string_view kPrefix = "pkg:generic/acme.example/";
constexpr std::string_view kSecondPrefix = "pkg:generic/second.example/";

class NoCheckpoints final : public CheckpointStore {
 public:
  absl::Status PutSigned(uint64_t, std::string_view) override { return absl::OkStatus(); }
  absl::StatusOr<std::optional<StoredCheckpoint>> LastSigned() const override {
    return std::nullopt;
  }
  absl::Status PutPublished(uint64_t, std::string_view) override { return absl::OkStatus(); }
  absl::StatusOr<std::optional<StoredCheckpoint>> LastPublished() const override {
    return std::nullopt;
  }
  absl::StatusOr<std::optional<StoredCheckpoint>> PublishedAt(uint64_t) const override {
    return std::nullopt;
  }
  absl::StatusOr<std::optional<StoredCheckpoint>> PublishedAtOrAfter(uint64_t) const override {
    return std::nullopt;
  }
};

absl::Status Wrong(std::string_view what) { return absl::InternalError(what); }

}  // namespace

SequencerHarness::SequencerHarness()
    : registrar_(TestKey(1)), root_(TestKey(2)), second_root_(TestKey(3)), stranger_(TestKey(4)) {
  for (uint32_t i = 0; i < kVendorKeys; ++i) keys_.push_back(TestKey(10 + i));
  second_keys_.push_back(TestKey(20));
}

const std::string& SequencerHarness::origin() {
  static const auto* const kOrigin = new std::string("log.example/candor");
  return *kOrigin;
}

LogConfig SequencerHarness::Config() const {
  LogConfig config;
  config.origin = origin();
  config.registrar_keys = {registrar_.public_key()};
  return config;
}

ParticipantKeyset SequencerHarness::Keyset(std::string_view participant, const PrivateKey& root,
                                           const std::vector<PrivateKey>& keys) const {
  const std::string prefix(participant == "acme.example" ? kPrefix : kSecondPrefix);
  const Scope scope = TestScope({std::string(kReleaseType)}, {prefix});
  ParticipantKeyset keyset;
  keyset.origin = origin();
  keyset.participant = std::string(participant);
  keyset.roots = {root.public_key()};
  for (const PrivateKey& key : keys) keyset.keys.push_back({key.public_key(), scope});
  keyset.grant = Grant{Role::kVendor, scope};
  return keyset;
}

Submission SequencerHarness::SubmissionOf(std::string_view payload,
                                          const std::vector<const PrivateKey*>& keys) const {
  Entry entry = TestEntry(payload, keys);
  Submission submission{.content = Must(ExamineEntry(entry)),
                        .verified_keys = {},
                        .entry = std::nullopt,
                        .refusal = absl::OkStatus()};
  for (const EntrySignature& signature : entry.signatures()) {
    submission.verified_keys.push_back(signature.key);
  }
  submission.entry = std::move(entry);
  return submission;
}

void SequencerHarness::Begin(LogStore& store, const LogIndex& index) const {
  const DsseEnvelope envelope =
      TestEnvelope(Must(BuildLogConfigStatement(Config())), {&registrar_});
  Must(CreateLog(store, origin(), envelope));
  auto sequencer = Must(Sequencer::Create(
      &store, &index, RecoverForTest(store, index, NoCheckpoints(), origin()), {}));
  sequencer->Start();
  const std::string keyset =
      Must(BuildParticipantKeysetStatement(Keyset("acme.example", root_, keys_)));
  std::vector<const PrivateKey*> signers = {&registrar_, &root_};
  for (const PrivateKey& key : keys_) signers.push_back(&key);
  Must(AddAndWait(*sequencer, SubmissionOf(keyset, signers)));
}

Submission SequencerHarness::Release(uint64_t version, const std::vector<size_t>& keys) const {
  std::vector<const PrivateKey*> signers;
  for (const size_t number : keys) signers.push_back(&keys_[number]);
  return SubmissionOf(TestRelease(absl::StrCat(kPrefix, "app@", version)), signers);
}

Submission SequencerHarness::SecondVendorKeyset() const {
  const std::string keyset =
      Must(BuildParticipantKeysetStatement(Keyset("second.example", second_root_, second_keys_)));
  return SubmissionOf(keyset, {&registrar_, &second_root_, &second_keys_[0]});
}

Submission SequencerHarness::SecondVendorRelease() const {
  return SubmissionOf(TestRelease(absl::StrCat(kSecondPrefix, "app@1")), {&second_keys_[0]});
}

Submission SequencerHarness::StrangerRelease(uint64_t version,
                                             const std::vector<size_t>& keys) const {
  std::vector<const PrivateKey*> signers = {&stranger_};
  for (const size_t number : keys) signers.push_back(&keys_[number]);
  return SubmissionOf(TestRelease(absl::StrCat(kPrefix, "app@", version)), signers);
}

RecoveredLog RecoverForTest(const LogStore& store, const LogIndex& index,
                            const CheckpointStore& checkpoints, const std::string& origin) {
  FakeFileSystem files;
  const CheckpointFile file("/checkpoint", &files);
  return Must(RecoverLog({.origin = origin,
                          .store = &store,
                          .index = &index,
                          .checkpoints = &checkpoints,
                          .checkpoint_file = &file,
                          .log_keys = {}}));
}

AddCallback Answers::Callback() {
  return [this](absl::StatusOr<AddResult> result) {
    MutexLock lock(&mutex_);
    answers_.push_back(std::move(result));
    changed_.SignalAll();
  };
}

std::vector<absl::StatusOr<AddResult>> Answers::Wait(size_t count) {
  MutexLock lock(&mutex_);
  while (answers_.size() < count) changed_.Wait(&mutex_);
  return answers_;
}

size_t Answers::count() const {
  MutexLock lock(&mutex_);
  return answers_.size();
}

absl::StatusOr<AddResult> AddAndWait(Sequencer& sequencer, Submission submission) {
  Answers answers;
  sequencer.Add(std::move(submission), answers.Callback());
  return answers.Wait(1)[0];
}

namespace {

// What the entries of a log say must be true of everything else.
class WholeState {
 public:
  WholeState(const LogStore& store, const LogIndex& index, const std::string& origin)
      : store_(store), index_(index), lookup_(&store, &index), registry_(origin, false) {}

  absl::Status CheckAll() {
    CANDOR_ASSIGN_OR_RETURN(snapshot_, store_.GetSnapshot());
    const StoredHead& head = snapshot_->head();
    for (uint64_t i = 0; i < head.tree_size; ++i) {
      CANDOR_ASSIGN_OR_RETURN(const auto entries, snapshot_->ReadEntries(i, i + 1, 0));
      CANDOR_RETURN_IF_ERROR(CheckEntry(i, entries.front()));
    }
    if (tree_.size() != head.tree_size || tree_.Root() != head.root) return Wrong("the root");
    CANDOR_ASSIGN_OR_RETURN(const uint64_t applied, index_.applied_size());
    if (applied != head.tree_size) return Wrong("the index's applied size");
    CANDOR_RETURN_IF_ERROR(CheckTiles());
    return CheckRegistry();
  }

 private:
  absl::Status CheckEntry(uint64_t index, const std::string& bytes) {
    CANDOR_ASSIGN_OR_RETURN(const Entry entry, DecodeEntry(bytes));
    CANDOR_RETURN_IF_ERROR(ReplayEntry(registry_, entry, index));
    tree_.AppendEntry(bytes);
    CANDOR_ASSIGN_OR_RETURN(const auto by_leaf, lookup_.FindLeaf(LeafHash(bytes), index + 1));
    if (by_leaf != index) return Wrong(absl::StrCat("the leaf row of entry ", index));
    CANDOR_ASSIGN_OR_RETURN(const auto rows,
                            index_.FindByStatement(entry.statement_id(), 0, SIZE_MAX));
    if (std::find(rows.begin(), rows.end(), index) == rows.end() ||
        rows.back() >= snapshot_->head().tree_size) {
      return Wrong(absl::StrCat("the statement row of entry ", index));
    }
    return CheckBringsKey(index, entry);
  }

  absl::Status CheckBringsKey(uint64_t index, const Entry& entry) {
    bool brings = false;
    std::set<KeyHash>& known = keys_[entry.statement_id()];
    for (const EntrySignature& signature : entry.signatures()) {
      brings = known.insert(signature.key).second || brings;
    }
    return brings ? absl::OkStatus() : Wrong(absl::StrCat("entry ", index, " is a duplicate"));
  }

  absl::Status CheckTiles() {
    for (const TileId& id : TilesForTreeSize(tree_.size())) {
      if (!id.full()) continue;
      CANDOR_ASSIGN_OR_RETURN(const auto tiles, snapshot_->ReadFullTiles({{id.level, id.index}}));
      CANDOR_ASSIGN_OR_RETURN(const auto expected, MemoryTileSource(&tree_).ReadTiles({id}));
      if (tiles[0].TileBytes() != expected[0] || !TileRoot(tiles[0]).ok()) return Wrong("a tile");
    }
    return absl::OkStatus();
  }

  absl::Status CheckRegistry() {
    CANDOR_ASSIGN_OR_RETURN(const auto records, snapshot_->ReadRegistryRecords("", SIZE_MAX));
    RegistryDigest digest;
    auto row = registry_.rows().begin();
    for (const RegistryRecord& record : records) {
      if (row == registry_.rows().end() || row->first != record.key ||
          row->second != record.value) {
        return Wrong("a registry record");
      }
      digest.Toggle(record.key, record.value);
      ++row;
    }
    if (row != registry_.rows().end()) return Wrong("a registry record is missing");
    if (digest.value() != snapshot_->head().registry_digest) return Wrong("the registry digest");
    return absl::OkStatus();
  }

  const LogStore& store_;
  const LogIndex& index_;
  const EntryLookup lookup_;
  std::unique_ptr<LogSnapshot> snapshot_;
  MemoryRegistry registry_;
  MemoryTree tree_;
  std::map<Hash, std::set<KeyHash>> keys_;
};

}  // namespace

absl::Status CheckWholeState(const LogStore& store, const LogIndex& index,
                             const std::string& origin) {
  return WholeState(store, index, origin).CheckAll();
}

}  // namespace candor
