// SPDX-License-Identifier: Apache-2.0
#include "client/verifier.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/participants.h"
#include "client/proof_extra.h"
#include "client/testing.h"
#include "core/attest/entry.h"
#include "core/attest/predicates.h"
#include "core/attest/testing.h"
#include "core/note/testing.h"
#include "core/note/tlog_proof.h"
#include "core/util/encoding.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

constexpr char kArtifact[] = "firmware 3.2.1";
constexpr char kPurl[] = "pkg:generic/acme.example/cam@3.2.1";

Participants ParseParticipants(const std::string& text) {
  const auto no_files = [](const std::string&) {
    return absl::StatusOr<std::string>(absl::NotFoundError("no files here"));
  };
  return Participants::Parse(text, no_files).value();
}

class VerifierTest : public testing::Test {
 protected:
  VerifierTest() : policy_(world_.TestPolicy()) {
    participants_ = world_.ParticipantsText();
    index_ = world_.Publish(kArtifact, kPurl);
    for (int i = 0; i < 5; ++i) world_.Publish(absl::StrCat("other ", i), kPurl);
    proof_ = world_.Proof(index_);
  }

  VerifyReport Run() {
    const Participants participants = ParseParticipants(participants_);
    VerifyInput input;
    input.artifact_name = "cam.bin";
    input.artifact = DigestsOf(artifact_);
    input.proof = proof_;
    input.policy = &policy_;
    input.participants = &participants;
    if (payload_) input.payload = *payload_;
    if (!expected_.empty()) input.expected_product = Purl::Parse(expected_).value();
    input.latest_credible_time = latest_;
    return Verify(input);
  }

  void ExpectNo(std::string_view reason, std::string_view words) {
    Expect(Verdict::kNo, reason, words);
  }
  void Expect(Verdict verdict, std::string_view reason, std::string_view words) {
    const VerifyReport report = Run();
    EXPECT_EQ(VerdictWord(report.verdict), VerdictWord(verdict)) << report.message;
    EXPECT_EQ(report.reason, reason) << report.message;
    EXPECT_TRUE(absl::StrContains(report.message, words)) << report.message;
    ASSERT_FALSE(report.steps.empty());
    EXPECT_EQ(report.steps.back().reason, reason);
    for (size_t i = 0; i + 1 < report.steps.size(); ++i) {
      EXPECT_EQ(report.steps[i].verdict, Verdict::kYes);
    }
  }

  // Appends an entry and makes its proof the one to verify.
  void UseEntry(const Entry& entry) { proof_ = world_.Proof(world_.Append(entry)); }
  void UsePayload(const std::string& payload) {
    const PrivateKey* const keys[] = {&world_.log.signing};
    UseEntry(TestEntry(payload, keys));
  }
  void EditProof(const std::function<void(TlogProof*)>& edit) {
    TlogProof proof = TlogProof::Parse(proof_).value();
    edit(&proof);
    proof_ = proof.Format();
  }

  TestWorld world_;
  Policy policy_;
  std::string participants_;
  std::string artifact_ = kArtifact;
  std::string proof_;
  std::optional<std::string> payload_;
  std::string expected_;
  uint64_t latest_ = TestWorld::kTime + 1000;
  uint64_t index_ = 0;
};

TEST_F(VerifierTest, YesWithEverythingThatWasFound) {
  const VerifyReport report = Run();
  EXPECT_EQ(report.verdict, Verdict::kYes) << report.message;
  EXPECT_EQ(report.reason, "");
  EXPECT_EQ(report.purls, std::vector<std::string>{kPurl});
  EXPECT_EQ(report.participant, "acme.example");
  EXPECT_EQ(report.key_names, std::vector<std::string>{"release"});
  EXPECT_EQ(report.log_origin, TestLog::kOrigin);
  EXPECT_EQ(report.index, index_);
  EXPECT_EQ(report.tree_size, world_.tree.size());
  EXPECT_EQ(report.witnesses, (std::vector<std::string>{"w1", "w2", "w3"}));
  EXPECT_EQ(report.logged_by, TestWorld::kTime + 1);
  EXPECT_EQ(report.fresh_as_of, TestWorld::kTime + 1);
  EXPECT_EQ(report.steps.size(), 8u);
  EXPECT_TRUE(absl::StrContains(report.message,
                                "cam.bin is pkg:generic/acme.example/cam@3.2.1 by "
                                "acme.example, logged by 2023-11-14T22:13:21Z"))
      << report.message;
}

TEST_F(VerifierTest, EveryIndexOfTheTree) {
  for (uint64_t index = index_; index < world_.tree.size(); ++index) {
    artifact_ = index == index_ ? kArtifact : absl::StrCat("other ", index - index_ - 1);
    proof_ = world_.Proof(index);
    EXPECT_EQ(Run().verdict, Verdict::kYes) << index;
  }
}

TEST_F(VerifierTest, ArtifactChanged) {
  artifact_[0] ^= 1;
  ExpectNo("ARTIFACT_DIFFERS", DigestsOf(artifact_).sha256);
}

TEST_F(VerifierTest, DigestsContradictEachOther) {
  std::string payload = TestWorld::ReleasePayload(kArtifact, kPurl);
  const std::string sha512 = DigestsOf(kArtifact).sha512;
  std::string other = sha512;
  other[0] = other[0] == '0' ? '1' : '0';
  UsePayload(absl::StrReplaceAll(payload, {{sha512, other}}));
  ExpectNo("DIGESTS_DISAGREE", "contradict");
}

TEST_F(VerifierTest, OnlyWeakDigestsDecideNothing) {
  UsePayload(absl::StrCat(
      R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"a","digest":{"md5":"00",)",
      R"("sha1":"11"}}],"predicateType":"https://in-toto.io/attestation/release/v0.1",)",
      R"("predicate":{"purl":")", kPurl, R"("}})"));
  Expect(Verdict::kUnknown, "DIGEST_UNSUPPORTED", "no sha256");
}

TEST_F(VerifierTest, KeyNotPinned) {
  const PrivateKey stranger = TestKey(77);
  const PrivateKey* const keys[] = {&stranger};
  UseEntry(TestEntry(TestWorld::ReleasePayload(kArtifact, kPurl), keys));
  ExpectNo("KEY_NOT_PINNED", stranger.public_key().key_hash().hex());
}

TEST_F(VerifierTest, SignatureInvalid) {
  const Entry good = DecodeEntry(world_.entries[index_]).value();
  std::vector<EntrySignature> signatures = good.signatures();
  signatures[0].signature[10] ^= 1;
  UseEntry(BuildEntry(good.payload_type(), *good.payload(), signatures, true).value());
  ExpectNo("SIGNATURE_INVALID", "key release of acme.example");
}

TEST_F(VerifierTest, ThresholdOfTheParticipant) {
  const PrivateKey second = TestKey(78, KeyAlgorithm::kEcdsaP256Sha256);
  absl::StrAppend(&participants_, "key second ", Base64Encode(second.public_key().spki()),
                  "\nthreshold 2\n");
  ExpectNo("THRESHOLD_NOT_MET", "threshold is 2");
  const PrivateKey* const keys[] = {&world_.log.signing, &second};
  UseEntry(TestEntry(TestWorld::ReleasePayload(kArtifact, kPurl), keys));
  const VerifyReport report = Run();
  EXPECT_EQ(report.verdict, Verdict::kYes) << report.message;
  EXPECT_EQ(report.key_names.size(), 2u);
}

TEST_F(VerifierTest, OutsideTheParticipantsPrefix) {
  UsePayload(TestWorld::ReleasePayload(kArtifact, "pkg:generic/other.example/cam@1"));
  ExpectNo("PRODUCT_NOT_ALLOWED", "may not speak about pkg:generic/other.example/cam@1");
  participants_ = absl::StrReplaceAll(world_.ParticipantsText(),
                                      {{"acme.example/\n", "acme.example/cam/sub\n"}});
  proof_ = world_.Proof(index_);
  ExpectNo("PRODUCT_NOT_ALLOWED", "outside the participant's prefixes");
}

TEST_F(VerifierTest, KindThatDoesNotCount) {
  const ArtifactDigests digests = DigestsOf(kArtifact);
  UsePayload(absl::StrCat(
      R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"name":")", kPurl,
      R"(","digest":{"sha256":")", digests.sha256,
      R"("}}],"predicateType":"https://in-toto.io/attestation/vulns/v0.2","predicate":{}})"));
  ExpectNo("KIND_NOT_ACCEPTED", "does not count");
  participants_ += "accept release vulns\n";
  EXPECT_EQ(Run().verdict, Verdict::kYes) << Run().message;
}

TEST_F(VerifierTest, ExpectedProduct) {
  for (const char* purl : {"pkg:generic/acme.example/cam", "pkg:generic/acme.example/cam@3.2.1"}) {
    expected_ = purl;
    EXPECT_EQ(Run().verdict, Verdict::kYes) << purl;
  }
  for (const char* purl : {"pkg:generic/acme.example/tv", "pkg:generic/acme.example/cam@3.2.0",
                           "pkg:generic/acme.example/cam?repository_url=x"}) {
    expected_ = purl;
    ExpectNo("PRODUCT_DIFFERS", "expected was");
  }
}

TEST_F(VerifierTest, ExpectedQualifiersAndSubpath) {
  UsePayload(TestWorld::ReleasePayload(
      kArtifact, "pkg:generic/acme.example/cam@3.2.1?arch=arm64&os=linux#usr/bin"));
  for (const char* rest : {"", "@3.2.1", "?arch=arm64", "@3.2.1?os=linux", "?arch=arm64&os=linux",
                           "#usr/bin", "@3.2.1?arch=arm64&os=linux#usr/bin"}) {
    expected_ = absl::StrCat("pkg:generic/acme.example/cam", rest);
    EXPECT_EQ(Run().verdict, Verdict::kYes) << expected_;
  }
  for (const char* rest : {"?arch=amd64", "?arch=arm64&os=windows", "@3.2.1?arch=amd64",
                           "?arch=arm64&distro=x", "?checksum=sha256:00", "#usr", "#usr/bin/x",
                           "@3.2.1?arch=arm64#bin", "@3.2.0?arch=arm64"}) {
    expected_ = absl::StrCat("pkg:generic/acme.example/cam", rest);
    ExpectNo("PRODUCT_DIFFERS", "expected was");
  }
  // A qualifier that another registry's product has, when it is left out.
  participants_ = absl::StrReplaceAll(
      participants_, {{std::string(TestLog::kVendorPrefix),
                       "pkg:generic/acme.example/?repository_url=https:%2F%2Fmirror.example"}});
  UsePayload(TestWorld::ReleasePayload(
      kArtifact, "pkg:generic/acme.example/cam@1?repository_url=https://mirror.example"));
  expected_ = "pkg:generic/acme.example/cam";
  ExpectNo("PRODUCT_DIFFERS", "expected was");
  expected_ = "pkg:generic/acme.example/cam?repository_url=https://mirror.example";
  EXPECT_EQ(Run().verdict, Verdict::kYes) << Run().message;
}

// Two subjects with the artifact's digest, as built for two products, and what comes after them.
std::string TwoProducts(std::string_view more) {
  const std::string digest = absl::StrCat(R"("digest":{"sha256":")", DigestsOf(kArtifact).sha256);
  return absl::StrCat(
      R"({"_type":"https://in-toto.io/Statement/v1","subject":[)",
      R"({"name":"pkg:generic/acme.example/cam@1",)", digest, R"("}},)",
      R"({"name":"pkg:generic/acme.example/bell@2",)", digest, R"("}})", more,
      R"(],"predicateType":"https://in-toto.io/attestation/vulns/v0.2","predicate":{}})");
}

TEST_F(VerifierTest, OneFileThatIsTwoProducts) {
  participants_ += "accept vulns\n";
  const std::string tv = absl::StrCat(R"(,{"name":"pkg:generic/acme.example/tv@1","digest":)",
                                      R"({"sha256":")", DigestsOf("tv").sha256, R"("}})");
  UsePayload(TwoProducts(tv));
  for (const char* purl : {"", "pkg:generic/acme.example/cam@1", "pkg:generic/acme.example/bell"}) {
    expected_ = purl;
    EXPECT_EQ(Run().verdict, Verdict::kYes) << purl << ": " << Run().message;
  }
  expected_ = "pkg:generic/acme.example/tv";
  ExpectNo("PRODUCT_DIFFERS", "cam@1, pkg:generic/acme.example/bell@2, expected was");
  // One subject that contradicts itself is enough, wherever it stands.
  expected_ = "";
  UsePayload(
      TwoProducts(absl::StrCat(R"(,{"name":"x","digest":{"sha256":")", DigestsOf(kArtifact).sha256,
                               R"(","sha512":")", DigestsOf("other").sha512, R"("}})")));
  ExpectNo("DIGESTS_DISAGREE", "contradict");
}

TEST_F(VerifierTest, EntryNotInTheTree) {
  EditProof([](TlogProof* proof) { proof->index += 1; });
  ExpectNo("ENTRY_NOT_IN_TREE", "not in the tree");
  const TlogProof good = TlogProof::Parse(world_.Proof(index_)).value();
  for (size_t i = 0; i < good.proof.size(); ++i) {
    TlogProof proof = good;
    proof.proof[i].data()[i] ^= 1;
    proof_ = proof.Format();
    ExpectNo("ENTRY_NOT_IN_TREE", "not in the tree");
  }
  proof_ = good.Format();
  EditProof([](TlogProof* proof) { proof->proof.pop_back(); });
  ExpectNo("ENTRY_NOT_IN_TREE", "not in the tree");
}

TEST_F(VerifierTest, CheckpointNotByALogOfThePolicy) {
  const Checkpoint checkpoint{"other.example/log", world_.tree.size(), world_.tree.Root(), {}};
  const NoteSigner other = TestLogSigner("other.example/log", 9);
  EditProof([&](TlogProof* proof) { proof->checkpoint = TestSignedCheckpoint(checkpoint, other); });
  ExpectNo("LOG_NOT_IN_POLICY", "not signed by a log of the policy");

  // The right name under another key.
  const Checkpoint named{std::string(TestLog::kOrigin), world_.tree.size(), world_.tree.Root(), {}};
  const NoteSigner impostor = TestLogSigner(TestLog::kOrigin, 10);
  EditProof([&](TlogProof* proof) { proof->checkpoint = TestSignedCheckpoint(named, impostor); });
  ExpectNo("LOG_NOT_IN_POLICY", "not signed by a log of the policy");
}

TEST_F(VerifierTest, BrokenSignaturesOnTheCheckpoint) {
  for (const size_t i : {0u, 1u, 3u}) {
    proof_ = world_.Proof(index_);
    EditProof(
        [&](TlogProof* proof) { proof->checkpoint = WithBrokenSignature(proof->checkpoint, i); });
    ExpectNo("CHECKPOINT_SIGNATURE_INVALID", "is invalid");
  }
}

TEST_F(VerifierTest, TooFewCosignatures) {
  proof_ = world_.Proof(index_, 1);
  ExpectNo("QUORUM_NOT_MET", "w1 cosigned, the policy needs at least 2 of w1, w2, w3");
  proof_ = world_.Proof(index_, 0);
  ExpectNo("QUORUM_NOT_MET", "none cosigned");
  proof_ = world_.Proof(index_, 2);
  EXPECT_EQ(Run().verdict, Verdict::kYes);
}

TEST_F(VerifierTest, TimesInTheFutureAreNotBelieved) {
  latest_ = TestWorld::kTime - 1;
  const VerifyReport report = Run();
  EXPECT_EQ(report.verdict, Verdict::kYes);
  EXPECT_FALSE(report.logged_by.has_value());
}

TEST_F(VerifierTest, MalformedProofFiles) {
  const std::string good = proof_;
  for (const std::string& bad :
       {std::string(), std::string("nonsense"), good.substr(0, good.size() / 2), good + "x",
        absl::StrReplaceAll(good, {{"index ", "index 0"}}),
        absl::StrReplaceAll(good, {{"tlog-proof@v1", "tlog-proof@v2"}})}) {
    proof_ = bad;
    ExpectNo("PROOF_MALFORMED", "malformed");
  }
  proof_ = good;
  EditProof([](TlogProof* proof) { proof->extra.reset(); });
  ExpectNo("PROOF_MALFORMED", "holds no entry");
}

TEST_F(VerifierTest, LaterVersionsAreUnknown) {
  const std::string good = proof_;
  EditProof([](TlogProof* proof) { (*proof->extra)[0] = 2; });
  Expect(Verdict::kUnknown, "PROOF_FORMAT_UNSUPPORTED", "newer candor");
  proof_ = good;
  EditProof([](TlogProof* proof) { (*proof->extra)[1] = 2; });
  Expect(Verdict::kUnknown, "ENTRY_UNSUPPORTED", "");
  UsePayload(
      R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"a","digest":{"a":"b")"
      R"(}}],"predicateType":"urn:example:unheard-of","predicate":{}})");
  Expect(Verdict::kUnknown, "STATEMENT_UNSUPPORTED", "");
}

TEST_F(VerifierTest, MalformedEntries) {
  EditProof([](TlogProof* proof) { proof->extra->pop_back(); });
  ExpectNo("ENTRY_MALFORMED", "");
  UsePayload("{}");
  ExpectNo("STATEMENT_MALFORMED", "");
}

TEST_F(VerifierTest, PayloadKeptApart) {
  const std::string payload = TestWorld::ReleasePayload(kArtifact, kPurl);
  const PrivateKey* const keys[] = {&world_.log.signing};
  UseEntry(TestEntry(payload, keys, /*inline_payload=*/false));
  Expect(Verdict::kUnknown, "PAYLOAD_MISSING", "as the payload");
  payload_ = payload + " ";
  ExpectNo("PAYLOAD_MISMATCH", "not the one");
  payload_ = payload;
  EXPECT_EQ(Run().verdict, Verdict::kYes) << Run().message;
}

TEST_F(VerifierTest, NothingUntrustedReachesTheTerminalRaw) {
  UsePayload(absl::StrReplaceAll(TestWorld::ReleasePayload(kArtifact, kPurl),
                                 {{"artifact.bin", "\\u001b[2J\\u202e"}}));
  for (const VerifyStep& step : Run().steps) {
    EXPECT_FALSE(absl::StrContains(step.detail, "\x1b")) << step.name;
    EXPECT_FALSE(absl::StrContains(step.detail, "\xE2\x80\xAE")) << step.name;
  }
}

}  // namespace
}  // namespace candor
