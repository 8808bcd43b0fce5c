// SPDX-License-Identifier: Apache-2.0
#include "client/enrollment.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "client/testing.h"
#include "core/attest/resolve.h"
#include "core/attest/testing.h"
#include "core/attest/verify_entry.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

class EnrollmentTest : public testing::Test {
 protected:
  EnrollmentTest() {
    terms_.origin = std::string(TestLog::kOrigin);
    terms_.participant = "beta.example";
    terms_.predicates = {"release", "https://openvex.dev/ns"};
    terms_.purl_prefixes = {"pkg:generic/beta.example/"};
    terms_.contact = "mailto:psirt@beta.example\x1b";
  }

  absl::StatusOr<std::string> Request() {
    const PrivateKey* const roots[] = {&root_};
    const PrivateKey* const keys[] = {&signing_};
    return MakeEnrollmentRequest(terms_, roots, keys);
  }

  EnrollmentTerms terms_;
  PrivateKey root_ = TestKey(50);
  PrivateKey signing_ = TestKey(51, KeyAlgorithm::kEcdsaP256Sha256);
  TestWorld world_;
};

TEST_F(EnrollmentTest, AnApprovedRequestIsAdmitted) {
  terms_.contact = "mailto:psirt@beta.example";
  const auto request = Request();
  ASSERT_TRUE(request.ok()) << request.status();
  const Enrollment enrollment = ReadEnrollment(*request).value();
  EXPECT_EQ(enrollment.keyset.participant, "beta.example");
  EXPECT_EQ(enrollment.keyset.keys[0].scope, enrollment.keyset.grant.scope);

  const PrivateKey* const registrar[] = {&world_.log.registrar};
  const std::string approved = ApproveEnrollment(enrollment, registrar).value();
  const Resolution resolution =
      Resolve(ParseEnvelope(approved).value(), world_.log.registry).value();
  ASSERT_TRUE(resolution.entry.has_value()) << resolution.refusal;
  // Without the approval it is refused.
  const PrivateKey* const own[] = {&root_, &signing_};
  const Entry unapproved = TestEntry(enrollment.envelope.payload, own);
  EXPECT_EQ(ReasonOf(ReplayEntry(world_.log.registry, unapproved, 2)), "THRESHOLD_NOT_MET");
  EXPECT_TRUE(ReplayEntry(world_.log.registry, *resolution.entry, 2).ok());
}

TEST_F(EnrollmentTest, TheWordsNameWhatIsGranted) {
  terms_.contact = "mailto:psirt@beta.example";
  const std::string words = EnrollmentWords(ReadEnrollment(Request().value())->keyset);
  for (const std::string& text :
       {std::string("beta.example"), std::string(TestLog::kOrigin), std::string("vendor"),
        std::string("release, openvex"), std::string("pkg:generic/beta.example/"),
        std::string("psirt@beta.example"), root_.public_key().key_hash().hex(),
        signing_.public_key().key_hash().hex()}) {
    EXPECT_TRUE(absl::StrContains(words, text)) << text << "\n" << words;
  }
}

TEST_F(EnrollmentTest, EveryListedKeyMustHaveSigned) {
  terms_.contact.clear();
  const Enrollment good = ReadEnrollment(Request().value()).value();
  for (size_t i = 0; i < good.envelope.signatures.size(); ++i) {
    DsseEnvelope missing = good.envelope;
    missing.signatures.erase(missing.signatures.begin() + static_cast<ptrdiff_t>(i));
    EXPECT_EQ(ReasonOf(ReadEnrollment(FormatEnvelope(missing).value()).status()),
              "POSSESSION_MISSING");
    DsseEnvelope broken = good.envelope;
    broken.signatures[i].signature[5] ^= 1;
    EXPECT_EQ(ReasonOf(ReadEnrollment(FormatEnvelope(broken).value()).status()),
              "POSSESSION_MISSING");
  }
}

TEST_F(EnrollmentTest, BadTerms) {
  terms_.contact.clear();
  const EnrollmentTerms good = terms_;
  const std::vector<void (*)(EnrollmentTerms&)> kBad = {
      [](EnrollmentTerms& t) { t.origin = "a b"; },
      [](EnrollmentTerms& t) { t.participant = "Beta"; },
      [](EnrollmentTerms& t) { t.threshold = 2; },
      [](EnrollmentTerms& t) { t.predicates = {"releases"}; },
      [](EnrollmentTerms& t) { t.predicates = {"grant"}; },
      [](EnrollmentTerms& t) { t.predicates = {"audit-report"}; },  // not for vendors
      [](EnrollmentTerms& t) { t.purl_prefixes = {"pkg:generic/"}; },
      [](EnrollmentTerms& t) { t.purl_prefixes = {}; },
  };
  for (size_t i = 0; i < kBad.size(); ++i) {
    terms_ = good;
    kBad[i](terms_);
    EXPECT_EQ(Request().status().code(), absl::StatusCode::kInvalidArgument) << i;
  }
}

TEST_F(EnrollmentTest, OtherStatementsAreNoEnrolment) {
  const PrivateKey* const keys[] = {&signing_};
  const std::string release =
      FormatEnvelope(
          TestEnvelope(TestWorld::ReleasePayload("a", "pkg:generic/beta.example/x@1"), keys))
          .value();
  EXPECT_TRUE(absl::StrContains(ReadEnrollment(release).status().message(), "not an enrolment"));
  EXPECT_FALSE(ReadEnrollment("{}").ok());
}

}  // namespace
}  // namespace candor
