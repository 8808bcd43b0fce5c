// SPDX-License-Identifier: Apache-2.0
#include "log/service/testing.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "core/attest/registry_entries.h"
#include "core/note/testing.h"
#include "core/util/testing.h"
#include "log/sequencer/genesis/genesis.h"
#include "log/sequencer/recovery.h"

namespace candor {
namespace {

// The answer of one call, whenever it comes. Shared, because the call may be answered after the
// test lost interest.
struct Pending {
  Notification done;
  std::optional<absl::StatusOr<AddAnswer>> answer;
};

std::shared_ptr<Pending> Begin(LogService& service, AddSubmission submission) {
  auto pending = std::make_shared<Pending>();
  service.Add(std::move(submission), [pending](absl::StatusOr<AddAnswer> answer) {
    pending->answer = std::move(answer);
    pending->done.Notify();
  });
  return pending;
}

}  // namespace

ServiceUnderTest::ServiceUnderTest(LogServiceOptions options, SequencerOptions sequencing) {
  const std::string origin(TestLog::kOrigin);
  const PrivateKey* const registrar[] = {&keys_.registrar};
  Must(CreateLog(store_, origin,
                 TestEnvelope(Must(BuildLogConfigStatement(keys_.Config())), registrar))
           .status());
  const NoteSigner signer = TestLogSigner(origin, 1);
  RecoveryInputs inputs;
  inputs.origin = origin;
  inputs.store = &store_;
  inputs.index = &store_;
  inputs.checkpoints = &store_;
  inputs.checkpoint_file = &file_;
  inputs.log_keys = {signer.vkey()};
  sequencer_ = Must(Sequencer::Create(&store_, &store_, Must(RecoverLog(inputs)), sequencing));
  reader_ = std::make_unique<LogReader>(&store_, &store_, &sequencer_->tree());
  hashes_ = std::make_unique<SequencedHashes>(reader_.get());

  for (FakeWitness* witness : {&w1_, &w2_, &w3_}) network_.Add(witness);
  PublisherDependencies publishing;
  publishing.clock = &clock_;
  publishing.http = &network_;
  publishing.tree = hashes_.get();
  publishing.keeper = &keeper_;
  publishing.metrics = &metrics_;
  publishing.on_published = [this](uint64_t size) { sequencer_->SetPublishedSize(size); };
  publisher_ = Must(Publisher::Create({}, TestWitnessPolicy({&w1_, &w2_, &w3_}, 2),
                                      TestLogSigner(origin, 1), publishing, {}));

  LogServiceDependencies dependencies;
  dependencies.clock = &clock_;
  dependencies.sequencer = sequencer_.get();
  dependencies.publisher = publisher_.get();
  dependencies.reader = reader_.get();
  dependencies.checkpoints = &store_;
  dependencies.metrics = &metrics_;
  service_ = std::make_unique<LogService>(options, dependencies);
  sequencer_->Start();
}

ServiceUnderTest::~ServiceUnderTest() {
  service_->BeginDrain();
  sequencer_->Stop();
  publisher_->Stop();
  service_.reset();
}

DsseEnvelope ServiceUnderTest::Release(uint64_t number) const {
  const PrivateKey* const signing[] = {&keys_.signing};
  return TestEnvelope(TestRelease(absl::StrCat("pkg:generic/acme.example/cam@", number)), signing);
}

std::string ServiceUnderTest::ReleaseJson(uint64_t number) const {
  return Must(FormatEnvelope(Release(number)));
}

absl::StatusOr<AddAnswer> ServiceUnderTest::Add(AddSubmission submission) {
  const std::shared_ptr<Pending> pending = Begin(*service_, std::move(submission));
  pending->done.Wait();
  return *std::move(pending->answer);
}

absl::StatusOr<AddAnswer> ServiceUnderTest::AddAndPublish(AddSubmission submission) {
  const std::shared_ptr<Pending> pending = Begin(*service_, std::move(submission));
  while (!pending->done.WaitFor(absl::Milliseconds(1))) Publish();
  return *std::move(pending->answer);
}

void ServiceUnderTest::Fill(uint64_t tree_size) {
  if (reader_->head().tree_size < 2 && tree_size >= 2) {
    const PrivateKey* const all[] = {&keys_.registrar, &keys_.root, &keys_.signing};
    AddSubmission enrolment;
    enrolment.envelope =
        TestEnvelope(Must(BuildParticipantKeysetStatement(keys_.VendorKeyset())), all);
    Must(Add(std::move(enrolment)).status());
  }
  std::vector<std::shared_ptr<Pending>> pending;
  for (uint64_t size = reader_->head().tree_size; size < tree_size; ++size) {
    AddSubmission release;
    release.envelope = Release(1'000'000 + filled_++);
    pending.push_back(Begin(*service_, std::move(release)));
  }
  for (const auto& one : pending) {
    one->done.Wait();
    Must(one->answer->status());
  }
}

void ServiceUnderTest::Publish() {
  clock_.Advance(PublisherOptions().checkpoint_interval);
  const StoredHead head = reader_->head();
  publisher_->OnSequenced(head.tree_size, head.root);
  while (publisher_->Step() <= clock_.Now()) {
  }
}

std::string ServiceUnderTest::Entry(uint64_t index) const {
  return Must(reader_->ReadEntry(index, reader_->head().tree_size));
}

Hash ServiceUnderTest::Root(uint64_t tree_size) const { return Must(reader_->Root(tree_size)); }

}  // namespace candor
