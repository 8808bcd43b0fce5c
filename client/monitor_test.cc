// SPDX-License-Identifier: Apache-2.0
#include "client/monitor.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "base/clock.h"
#include "base/fake_http_client.h"
#include "client/monitor_state.h"
#include "client/remote_log_reader.h"
#include "client/testing.h"
#include "core/attest/testing.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

constexpr char kUrl[] = "http://log.example/prefix";
constexpr char kAuthority[] = "http://log.example";
constexpr char kPurl[] = "pkg:generic/acme.example/cam@1";

class Recorder final : public MonitorObserver {
 public:
  void OnCheckpoint(const PolicyResult& result) override {
    sizes.push_back(result.checkpoint.tree_size);
  }
  void OnEntry(uint64_t index, const Entry&, absl::Span<const std::string> names) override {
    indexes.push_back(index);
    participants.push_back(absl::StrJoin(names, ", "));
  }
  absl::Status Flush() override {
    ++flushes;
    return flushes <= good_flushes ? absl::OkStatus() : absl::InternalError("disk full");
  }
  std::vector<uint64_t> sizes;
  std::vector<uint64_t> indexes;
  std::vector<std::string> participants;
  int flushes = 0;
  int good_flushes = std::numeric_limits<int>::max();
};

// Serves a handler below "/prefix".
class Prefix final : public HttpHandler {
 public:
  explicit Prefix(HttpHandler** inner) : inner_(inner) {}
  void Handle(HttpRequest request, HttpResponder respond) override {
    request.path = request.path.substr(std::string_view("/prefix").size());
    (*inner_)->Handle(std::move(request), std::move(respond));
  }

 private:
  HttpHandler** inner_;
};

class MonitorTest : public testing::Test {
 protected:
  MonitorTest() : policy_(world_.TestPolicy()) {
    folder_ = absl::StrCat(testing::TempDir(), "/monitor_test_",
                           testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(folder_);
    http_.Serve(kAuthority, &prefix_);
    Start();
  }

  // As after the end of the process.
  void Start() {
    monitor_.reset();
    state_.reset();
    state_ = MonitorState::Open(folder_).value();
    reader_ = std::make_unique<RemoteLogReader>(kUrl, &http_);
    auto monitor = Monitor::Create(&policy_, reader_.get(), state_.get(), &clock_, &seen_);
    ASSERT_TRUE(monitor.ok()) << monitor.status();
    monitor_ = *std::move(monitor);
  }

  void Publish(int count) {
    for (int i = 0; i < count; ++i) world_.Publish(absl::StrCat("a", world_.entries.size()), kPurl);
  }

  std::string Reason() {
    const absl::Status status = monitor_->Poll();
    EXPECT_EQ(IsMonitorAlarm(status), absl::IsDataLoss(status)) << status;
    return ReasonOf(status);
  }

  std::string Evidence(std::string_view beginning) {
    for (const auto& file : std::filesystem::directory_iterator(folder_)) {
      if (absl::StartsWith(file.path().filename().string(), std::string(beginning))) {
        return file.path().filename().string();
      }
    }
    return "";
  }

  size_t CountEvidence(std::string_view beginning) {
    size_t count = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder_)) {
      count += absl::StartsWith(file.path().filename().string(), std::string(beginning));
    }
    return count;
  }

  TestWorld world_;
  FakeLogHandler handler_{&world_};
  HttpHandler* served_ = &handler_;
  Prefix prefix_{&served_};
  FakeHttpClient http_;
  FakeClock clock_{absl::FromUnixSeconds(TestWorld::kTime + 10)};
  Policy policy_;
  std::string folder_;
  Recorder seen_;
  std::unique_ptr<MonitorState> state_;
  std::unique_ptr<RemoteLogReader> reader_;
  std::unique_ptr<Monitor> monitor_;
};

TEST_F(MonitorTest, FollowsAGrowingLogAndTellsEveryEntryOnce) {
  std::vector<uint64_t> all;
  for (const int count : {0, 1, 3, 300, 0, 250, 1}) {
    Publish(count);
    ASSERT_TRUE(monitor_->Poll().ok());
    EXPECT_EQ(monitor_->next_index(), world_.entries.size());
  }
  for (uint64_t i = 0; i < world_.entries.size(); ++i) all.push_back(i);
  EXPECT_EQ(seen_.indexes, all);
  EXPECT_EQ(seen_.sizes, (std::vector<uint64_t>{2, 3, 6, 306, 556, 557}));
  EXPECT_EQ(seen_.participants[0], "");
  EXPECT_EQ(seen_.participants[1], "acme.example");
  EXPECT_EQ(seen_.participants[2], "acme.example");
}

TEST_F(MonitorTest, GoesOnExactlyWhereItStopped) {
  Publish(3);
  ASSERT_TRUE(monitor_->Poll().ok());
  for (int run = 0; run < 3; ++run) {
    Start();
    EXPECT_EQ(monitor_->next_index(), world_.entries.size());
    ASSERT_TRUE(monitor_->Poll().ok());
    Publish(200);
    ASSERT_TRUE(monitor_->Poll().ok());
  }
  ASSERT_EQ(seen_.indexes.size(), world_.entries.size());
  for (uint64_t i = 0; i < seen_.indexes.size(); ++i) EXPECT_EQ(seen_.indexes[i], i);
}

TEST_F(MonitorTest, RemembersNothingThatDidNotGetOut) {
  Publish(298);
  struct Run {
    int good_flushes;
    bool checkpoint_kept;
    uint64_t entries_kept;
  };
  // The checkpoint is the first thing to get out, then each bundle of entries.
  for (const Run& run : {Run{0, false, 0}, Run{1, true, 0}, Run{1, true, 256}}) {
    seen_.good_flushes = run.good_flushes;
    seen_.flushes = 0;
    const absl::Status status = monitor_->Poll();
    EXPECT_EQ(status.message(), "disk full");
    EXPECT_FALSE(IsMonitorAlarm(status));
    // Nor later, from what it has in memory.
    seen_.good_flushes = std::numeric_limits<int>::max();
    EXPECT_EQ(monitor_->Poll().message(), "disk full");
    Start();
    EXPECT_EQ(state_->position().has_value(), run.checkpoint_kept);
    EXPECT_EQ(monitor_->next_index(), run.entries_kept);
  }
  seen_.indexes.clear();
  ASSERT_TRUE(monitor_->Poll().ok());
  ASSERT_EQ(seen_.indexes.size(), 44u);
  EXPECT_EQ(seen_.indexes.front(), 256u);
  // Two times nobody heard of the checkpoint for sure: told again.
  EXPECT_EQ(seen_.sizes, (std::vector<uint64_t>{300, 300}));
}

TEST_F(MonitorTest, AnAlarmIsHeardWhenTheOutputIsBroken) {
  world_.Append(world_.log.ConfigEntry());
  seen_.good_flushes = 1;
  EXPECT_EQ(Reason(), "ENTRY_INADMISSIBLE");
  Start();
  EXPECT_EQ(monitor_->next_index(), 0u);
}

TEST_F(MonitorTest, TellsEveryParticipantWhoSigned) {
  const PrivateKey root = TestKey(31);
  const PrivateKey signing = TestKey(32);
  const std::string vex = "https://openvex.dev/ns";
  const ParticipantKeyset authority =
      world_.log.Keyset("cert.example", root, signing, Role::kAuthority,
                        TestScope({vex}, {std::string(TestLog::kVendorPrefix)}));
  const PrivateKey* const listed[] = {&root, &signing};
  world_.Append(world_.log.KeysetEntry(authority, listed));
  const PrivateKey* const both[] = {&signing, &world_.log.signing};
  world_.Append(TestEntry(TestStatement(vex, absl::StrCat(R"({"statements":[{"products":[{"@id":")",
                                                          kPurl, R"("}]}]})")),
                          both));
  ASSERT_TRUE(monitor_->Poll().ok());
  EXPECT_EQ(seen_.participants, (std::vector<std::string>{"", "acme.example", "cert.example",
                                                          "acme.example, cert.example"}));
}

TEST_F(MonitorTest, OneProcessAtATime) {
  EXPECT_EQ(ReasonOf(MonitorState::Open(folder_).status()), "FOLDER_IN_USE");
}

TEST_F(MonitorTest, ForkAtTheSameSize) {
  Publish(3);
  ASSERT_TRUE(monitor_->Poll().ok());
  TestWorld other;
  for (int i = 0; i < 3; ++i) other.Publish(absl::StrCat("b", i), kPurl);
  FakeLogHandler other_handler(&other);
  served_ = &other_handler;
  EXPECT_EQ(Reason(), "LOG_FORKED");
  EXPECT_NE(Evidence("evidence-fork-5-5-"), "");
  // Still there after a restart, and nothing was accepted.
  Start();
  EXPECT_EQ(Reason(), "LOG_FORKED");
  served_ = &handler_;
  EXPECT_EQ(Reason(), "");
}

TEST_F(MonitorTest, ForkThatIsLarger) {
  Publish(298);  // one full tile is in the cache
  ASSERT_TRUE(monitor_->Poll().ok());
  TestWorld other;
  for (int i = 0; i < 400; ++i) other.Publish(absl::StrCat("b", i), kPurl);
  FakeLogHandler other_handler(&other);
  served_ = &other_handler;
  EXPECT_EQ(Reason(), "LOG_FORKED");
  EXPECT_EQ(monitor_->next_index(), 300u);
  Start();
  EXPECT_EQ(Reason(), "LOG_FORKED");
}

TEST_F(MonitorTest, ForkThatIsSmaller) {
  Publish(3);
  ASSERT_TRUE(monitor_->Poll().ok());
  TestWorld other;
  other.Publish("b", kPurl);
  handler_.checkpoint_note = other.CheckpointNote();
  EXPECT_EQ(Reason(), "LOG_FORKED");
  // When it serves the other tree only, there is nothing to compare with, which is no better.
  Start();
  FakeLogHandler other_handler(&other);
  served_ = &other_handler;
  EXPECT_EQ(Reason(), "LOG_WENT_BACK_UNPROVEN");
}

TEST_F(MonitorTest, ForkThatHidesTheTilesOfTheLargerTree) {
  Publish(198);
  ASSERT_TRUE(monitor_->Poll().ok());
  Start();  // nothing is in the cache
  TestWorld other;
  for (int i = 0; i < 148; ++i) other.Publish(absl::StrCat("b", i), kPurl);
  FakeLogHandler other_handler(&other);
  served_ = &other_handler;
  EXPECT_EQ(Reason(), "LOG_WENT_BACK_UNPROVEN");
  // Both signed notes, so that who has the tiles can tell.
  const std::string name = Evidence("unresolved-200-150-");
  ASSERT_NE(name, "");
  std::ifstream file(folder_ + "/" + name);
  const std::string kept((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_TRUE(absl::StrContains(kept, Base64Encode(world_.tree.Root().bytes()))) << kept;
  EXPECT_TRUE(absl::StrContains(kept, other.CheckpointNote())) << kept;
  // Again is no second file, and there is an end to them.
  EXPECT_EQ(Reason(), "LOG_WENT_BACK_UNPROVEN");
  EXPECT_EQ(CountEvidence("unresolved-"), 1u);
  for (uint64_t size = 100; size < 140; ++size) {
    other_handler.checkpoint_note = other.CheckpointNote(size);
    EXPECT_EQ(Reason(), "LOG_WENT_BACK_UNPROVEN");
  }
  EXPECT_EQ(CountEvidence("unresolved-"), 32u);
}

TEST_F(MonitorTest, OlderCheckpointWithOtherTilesIsKept) {
  Publish(198);
  ASSERT_TRUE(monitor_->Poll().ok());
  Start();
  TestWorld other;
  for (int i = 0; i < 198; ++i) other.Publish(absl::StrCat("b", i), kPurl);
  FakeLogHandler other_handler(&other);
  other_handler.checkpoint_note = other.CheckpointNote(150);
  served_ = &other_handler;
  EXPECT_EQ(Reason(), "TREE_MISMATCH");
  EXPECT_NE(Evidence("unresolved-200-150-"), "");
}

TEST_F(MonitorTest, RefusesToGoBack) {
  Publish(3);
  ASSERT_TRUE(monitor_->Poll().ok());
  handler_.checkpoint_note = world_.CheckpointNote(4);
  EXPECT_EQ(Reason(), "LOG_WENT_BACK");
  Start();
  EXPECT_EQ(Reason(), "LOG_WENT_BACK");
  EXPECT_EQ(CountEvidence("unresolved-"), 0u);
  handler_.checkpoint_note.clear();
  EXPECT_EQ(Reason(), "");
}

TEST_F(MonitorTest, TilesOfAnotherTree) {
  TestWorld other;
  other.Publish("b", kPurl);
  Publish(1);
  handler_.checkpoint_note = other.CheckpointNote();
  EXPECT_EQ(Reason(), "TREE_MISMATCH");
}

TEST_F(MonitorTest, EntriesOfAnotherTree) {
  Publish(1);
  std::swap(world_.entries[1], world_.entries[2]);
  EXPECT_EQ(Reason(), "TREE_MISMATCH");
  EXPECT_TRUE(seen_.indexes.empty());
}

TEST_F(MonitorTest, InadmissibleEntries) {
  const PrivateKey stranger = TestKey(99);
  const PrivateKey* const strangers[] = {&stranger};
  const PrivateKey* const vendors[] = {&world_.log.signing};
  const std::string outside = TestWorld::ReleasePayload("x", "pkg:generic/other.example/cam@1");
  const Entry good = TestEntry(TestWorld::ReleasePayload("x", kPurl), vendors);
  std::vector<EntrySignature> forged = good.signatures();
  forged[0].signature[0] ^= 1;
  const std::vector<std::string> kBad = {
      EncodeEntry(TestEntry(TestWorld::ReleasePayload("x", kPurl), strangers)),
      EncodeEntry(TestEntry(outside, vendors)),
      EncodeEntry(BuildEntry(good.payload_type(), *good.payload(), forged, true).value()),
      EncodeEntry(world_.log.ConfigEntry()),
      EncodeEntry(good) + "x",
  };
  for (const std::string& bad : kBad) {
    TestWorld world;
    world.AppendBytes(bad);
    world.Publish("after", kPurl);
    FakeLogHandler handler(&world);
    served_ = &handler;
    std::filesystem::remove_all(folder_);
    seen_.indexes.clear();
    Start();
    EXPECT_EQ(Reason(), "ENTRY_INADMISSIBLE");
    EXPECT_NE(Evidence("evidence-entry-2.bin"), "");
    // Never stepped over, and what came before is not told again.
    Start();
    EXPECT_EQ(Reason(), "ENTRY_INADMISSIBLE");
    EXPECT_EQ(seen_.indexes, (std::vector<uint64_t>{0, 1}));
  }
}

TEST_F(MonitorTest, AnEntryOfALaterVersionIsNoAlarm) {
  std::string later = world_.entries[1];
  later[0] = 2;
  world_.AppendBytes(later);
  const absl::Status status = monitor_->Poll();
  EXPECT_EQ(ReasonOf(status), "ENTRY_UNSUPPORTED");
  EXPECT_FALSE(IsMonitorAlarm(status));
  EXPECT_EQ(monitor_->next_index(), 2u);
}

TEST_F(MonitorTest, PayloadsKeptApart) {
  std::string large = TestWorld::ReleasePayload("x", kPurl);
  large.resize(kDefaultInlineLimitBytes + 1, ' ');
  const std::string small = TestWorld::ReleasePayload("x", kPurl);
  const PrivateKey stranger = TestKey(99);
  const auto reason = [&](const std::string& payload, const PrivateKey& key) {
    const PrivateKey* const keys[] = {&key};
    TestWorld world;
    world.Append(TestEntry(payload, keys, /*inline_payload=*/false));
    FakeLogHandler handler(&world);
    served_ = &handler;
    std::filesystem::remove_all(folder_);
    Start();
    return Reason();
  };
  EXPECT_EQ(reason(large, world_.log.signing), "ENTRY_UNSUPPORTED");
  // Whatever is in them.
  EXPECT_EQ(reason(small, world_.log.signing), "ENTRY_INADMISSIBLE");
  EXPECT_EQ(reason(large, stranger), "ENTRY_INADMISSIBLE");
  EXPECT_EQ(reason(large, world_.log.root), "ENTRY_INADMISSIBLE");
  EXPECT_NE(Evidence("evidence-entry-2.bin"), "");
}

TEST_F(MonitorTest, CheckpointsThatThePolicyRefuses) {
  handler_.checkpoint_note = world_.CheckpointNote(0, 1);
  EXPECT_EQ(Reason(), "CHECKPOINT_REFUSED");
  handler_.checkpoint_note = "nonsense";
  EXPECT_EQ(Reason(), "CHECKPOINT_REFUSED");
  EXPECT_TRUE(seen_.sizes.empty());
}

TEST_F(MonitorTest, AnUnreachableLogIsNoAlarm) {
  http_.FailWith(kAuthority, absl::UnavailableError("no route"));
  const absl::Status status = monitor_->Poll();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(IsMonitorAlarm(status));
}

TEST_F(MonitorTest, DamagedStateIsNamedAndLeftAlone) {
  ASSERT_TRUE(monitor_->Poll().ok());
  monitor_.reset();
  state_.reset();
  std::filesystem::resize_file(folder_ + "/registry", 10);
  state_ = MonitorState::Open(folder_).value();
  const auto monitor = Monitor::Create(&policy_, reader_.get(), state_.get(), &clock_, &seen_);
  EXPECT_EQ(ReasonOf(monitor.status()), "STATE_DAMAGED") << monitor.status();
  EXPECT_EQ(std::filesystem::file_size(folder_ + "/registry"), 10u);
  state_.reset();
  std::filesystem::resize_file(folder_ + "/state.json", 5);
  EXPECT_EQ(ReasonOf(MonitorState::Open(folder_).status()), "STATE_DAMAGED");
}

}  // namespace
}  // namespace candor
