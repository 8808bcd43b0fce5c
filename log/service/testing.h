// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "base/fake_file_system.h"
#include "base/metrics.h"
#include "core/attest/dsse.h"
#include "core/attest/testing.h"
#include "core/crypto/private_key.h"
#include "log/publisher/publisher.h"
#include "log/publisher/sequenced_hashes.h"
#include "log/publisher/store_checkpoint_keeper.h"
#include "log/publisher/testing.h"
#include "log/sequencer/log_reader.h"
#include "log/sequencer/sequencer.h"
#include "log/service/log_service.h"
#include "log/storage/checkpoint_file.h"
#include "log/storage/memory_log_store.h"

// For tests only: a whole log in memory with three witnesses (two suffice) and a clock that stands.
// The sequencer is the real one, with its threads; publishing happens only in Publish. Everything
// aborts on failure.

namespace candor {

class ServiceUnderTest {
 public:
  explicit ServiceUnderTest(LogServiceOptions options = {}, SequencerOptions sequencing = {});
  ~ServiceUnderTest();

  // A release of version `number` of the enrolled vendor's product, signed.
  DsseEnvelope Release(uint64_t number) const;
  std::string ReleaseJson(uint64_t number) const;

  // Submits and waits for the answer.
  absl::StatusOr<AddAnswer> Add(AddSubmission submission);
  // The same, publishing meanwhile.
  absl::StatusOr<AddAnswer> AddAndPublish(AddSubmission submission);
  // Adds entries until the sequenced tree has this size, which is at least 1. Enrols the vendor on
  // the way.
  void Fill(uint64_t tree_size);
  // One step of the publisher after another until nothing is due; the clock moves by one interval.
  void Publish();

  // What is in the log, read past the service.
  std::string Entry(uint64_t index) const;
  Hash Root(uint64_t tree_size) const;

  LogService& service() { return *service_; }
  Publisher& publisher() { return *publisher_; }
  Sequencer& sequencer() { return *sequencer_; }
  FakeClock& clock() { return clock_; }
  FakeWitness& witness(int number) { return number == 1 ? w1_ : number == 2 ? w2_ : w3_; }
  MemoryLogStore& store() { return store_; }
  const TestLog& keys() const { return keys_; }

 private:
  FakeClock clock_;
  TestLog keys_;
  MemoryLogStore store_;
  FakeFileSystem file_system_;
  CheckpointFile file_{"/signed-checkpoint", &file_system_};
  StoreCheckpointKeeper keeper_{&file_, &store_};
  FakeWitness w1_{"w1", 11, &clock_};
  FakeWitness w2_{"w2", 12, &clock_};
  FakeWitness w3_{"w3", 13, &clock_};
  FakeWitnessNetwork network_;
  MetricsRegistry metrics_;
  std::unique_ptr<Sequencer> sequencer_;
  std::unique_ptr<LogReader> reader_;
  std::unique_ptr<SequencedHashes> hashes_;
  std::unique_ptr<Publisher> publisher_;
  std::unique_ptr<LogService> service_;
  uint64_t filled_ = 0;  // releases so far
};

}  // namespace candor
