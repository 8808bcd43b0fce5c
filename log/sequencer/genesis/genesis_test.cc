// SPDX-License-Identifier: Apache-2.0
#include "log/sequencer/genesis/genesis.h"

#include <string>
#include <vector>

#include "core/attest/registry_entries.h"
#include "core/attest/testing.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"
#include "log/storage/fault_log_store.h"
#include "log/storage/memory_log_store.h"

namespace candor {
namespace {

class GenesisTest : public testing::Test {
 protected:
  DsseEnvelope Envelope(const LogConfig& config, const PrivateKey& key) const {
    return TestEnvelope(BuildLogConfigStatement(config).value(), {&key});
  }
  uint64_t Size() const { return store_.GetSnapshot().value()->head().tree_size; }

  const TestLog log_;
  const std::string origin_{TestLog::kOrigin};
  MemoryLogStore store_;
};

TEST_F(GenesisTest, EntryZeroIsTheLogConfig) {
  const auto head = CreateLog(store_, origin_, Envelope(log_.Config(), log_.registrar));
  ASSERT_TRUE(head.ok()) << head.status();
  EXPECT_EQ(head->tree_size, 1u);
  EXPECT_EQ(store_.GetSnapshot().value()->head(), *head);
  EXPECT_FALSE(store_.GetSnapshot().value()->ReadRegistryRecords("", 10)->empty());
}

TEST_F(GenesisTest, ALogBeginsOnce) {
  const DsseEnvelope envelope = Envelope(log_.Config(), log_.registrar);
  ASSERT_TRUE(CreateLog(store_, origin_, envelope).ok());
  const absl::Status status = CreateLog(store_, origin_, envelope).status();
  EXPECT_TRUE(absl::IsAlreadyExists(status));
  EXPECT_EQ(ReasonOf(status), "LOG_EXISTS");
  EXPECT_EQ(Size(), 1u);
}

TEST_F(GenesisTest, RefusesWhatMayNotBeEntryZero) {
  const PrivateKey stranger = TestKey(99);
  const DsseEnvelope keyset =
      TestEnvelope(BuildParticipantKeysetStatement(log_.VendorKeyset()).value(),
                   {&log_.registrar, &log_.root, &log_.signing});
  EXPECT_FALSE(CreateLog(store_, origin_, Envelope(log_.Config(), stranger)).ok());
  EXPECT_EQ(ReasonOf(CreateLog(store_, origin_, keyset).status()), "FIRST_ENTRY_NOT_CONFIG");
  EXPECT_EQ(
      ReasonOf(
          CreateLog(store_, "log.example/other", Envelope(log_.Config(), log_.registrar)).status()),
      "WRONG_LOG");
  LogConfig two = log_.Config();
  two.registrar_threshold = 2;
  EXPECT_EQ(ReasonOf(CreateLog(store_, origin_, Envelope(two, log_.registrar)).status()),
            "THRESHOLD_NOT_MET");
  EXPECT_EQ(Size(), 0u);
}

TEST_F(GenesisTest, AnUnknownOutcomeIsToldUnlessTheHeadShowsIt) {
  const DsseEnvelope envelope = Envelope(log_.Config(), log_.registrar);
  FaultLogStore store(&store_);
  store.FailAppend(0, FaultLogStore::Fault::kFailedNotPersisted);
  EXPECT_EQ(ReasonOf(CreateLog(store, origin_, envelope).status()), "APPEND_UNKNOWN");
  EXPECT_EQ(Size(), 0u);
  store.FailAppend(0, FaultLogStore::Fault::kFailedButPersisted);
  EXPECT_TRUE(CreateLog(store, origin_, envelope).ok());
  EXPECT_EQ(Size(), 1u);
}

}  // namespace
}  // namespace candor
