// SPDX-License-Identifier: Apache-2.0
#include "log/service/wire.h"

#include <string>

#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

candor::v1::AddEntryRequest Good() {
  candor::v1::AddEntryRequest request;
  request.mutable_envelope()->set_payload("payload");
  request.mutable_envelope()->set_payload_type("type");
  auto* signature = request.mutable_envelope()->add_signatures();
  signature->set_sig("sig");
  signature->set_keyid("key");
  return request;
}

TEST(WireTest, AnEnvelopeInParts) {
  candor::v1::AddEntryRequest request = Good();
  request.add_key_hints(std::string(64, 'a'));
  request.set_wait_for(candor::v1::WAIT_FOR_PUBLISHED);
  const auto submission = SubmissionFromWire(request);
  ASSERT_TRUE(submission.ok()) << submission.status();
  const auto& envelope = std::get<DsseEnvelope>(submission->envelope);
  EXPECT_EQ(envelope.payload, "payload");
  EXPECT_EQ(envelope.payload_type, "type");
  EXPECT_EQ(envelope.signatures.at(0).signature, "sig");
  EXPECT_EQ(envelope.signatures.at(0).keyid, "key");
  EXPECT_TRUE(submission->wait_published);
  EXPECT_EQ(submission->key_hints.at(0).hex(), std::string(64, 'a'));
}

TEST(WireTest, RefusesWhatItDoesNotUnderstand) {
  const auto reason = [](const candor::v1::AddEntryRequest& request) {
    const absl::Status status = SubmissionFromWire(request).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    return ReasonOf(status);
  };
  EXPECT_EQ(reason({}), "SUBMISSION_MISSING");
  candor::v1::AddEntryRequest request = Good();
  request.set_wait_for(static_cast<candor::v1::WaitFor>(17));
  EXPECT_EQ(reason(request), "WAIT_FOR_UNKNOWN");
  for (const std::string& hint : {std::string(), std::string(63, 'a'), std::string(64, 'A')}) {
    request = Good();
    request.add_key_hints(hint);
    EXPECT_EQ(reason(request), "KEY_HINT_INVALID");
  }
  request = Good();
  for (int i = 0; i <= kMaxKeyHints; ++i) request.add_key_hints(std::string(64, 'a'));
  EXPECT_EQ(reason(request), "KEY_HINT_INVALID");
}

TEST(WireTest, SelectorsNameOneEntry) {
  candor::v1::GetEntryRequest request;
  EXPECT_EQ(ReasonOf(SelectorFromWire(request).status()), "ENTRY_NOT_NAMED");
  request.set_index(0);
  EXPECT_EQ(std::get<ByIndex>(*SelectorFromWire(request)).index, 0);
  request.set_leaf_hash(std::string(32, 'h'));
  EXPECT_EQ(std::get<ByLeafHash>(*SelectorFromWire(request)).leaf_hash.bytes(),
            std::string(32, 'h'));
  request.set_statement_id(std::string(32, 'i'));
  EXPECT_EQ(std::get<ByStatementId>(*SelectorFromWire(request)).statement_id.bytes(),
            std::string(32, 'i'));
  for (const size_t size : {0, 31, 33}) {
    request.set_leaf_hash(std::string(size, 'h'));
    EXPECT_EQ(ReasonOf(SelectorFromWire(request).status()), "HASH_INVALID");
  }
}

}  // namespace
}  // namespace candor
