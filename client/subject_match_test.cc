// SPDX-License-Identifier: Apache-2.0
#include "client/subject_match.h"

#include <string>

#include "client/testing.h"
#include "core/attest/content.h"
#include "core/attest/dsse.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

TEST(SubjectMatchTest, EveryDigestThatCountsMustMatch) {
  const ArtifactDigests digests = DigestsOf("artifact");
  const std::string bad256 = DigestsOf("other").sha256;
  const std::string bad512 = DigestsOf("other").sha512;
  const struct {
    DigestMap digest;
    SubjectMatch expected;
    const char* compared;
  } kCases[] = {
      {{{"sha256", digests.sha256}}, SubjectMatch::kMatches, "sha256"},
      {{{"sha384", digests.sha384}}, SubjectMatch::kMatches, "sha384"},
      {{{"sha512", digests.sha512}}, SubjectMatch::kMatches, "sha512"},
      {{{"sha256", digests.sha256}, {"sha1", "00"}}, SubjectMatch::kMatches, "sha256"},
      {{{"sha256", bad256}}, SubjectMatch::kDiffers, "sha256"},
      {{{"sha256", bad256}, {"sha512", bad512}}, SubjectMatch::kDiffers, "sha256, sha512"},
      {{{"sha256", digests.sha256}, {"sha512", bad512}},
       SubjectMatch::kDisagrees,
       "sha256, sha512"},
      {{{"sha1", "00"}, {"md5", "11"}}, SubjectMatch::kUnusable, ""},
  };
  for (const auto& c : kCases) {
    Subject subject;
    subject.digest = c.digest;
    EXPECT_EQ(MatchSubject(subject, digests), c.expected) << c.compared;
    EXPECT_EQ(ComparedDigests(subject, digests), c.compared);
  }
}

TEST(SubjectMatchTest, ASubjectsOwnPurlsWin) {
  const EntryContent content =
      ExamineContent(kInTotoPayloadType,
                     TestWorld::ReleasePayload("a", "pkg:generic/acme.example/cam@1"))
          .value();
  Subject subject;
  subject.name = "file.bin";
  ASSERT_EQ(ProductsOf(subject, content).size(), 1u);
  EXPECT_EQ(ProductsOf(subject, content)[0].name(), "cam");
  subject.name = "pkg:generic/acme.example/tv@2";
  ASSERT_EQ(ProductsOf(subject, content).size(), 1u);
  EXPECT_EQ(ProductsOf(subject, content)[0].name(), "tv");
  subject.uri = "pkg:generic/acme.example/radio@2";
  EXPECT_EQ(ProductsOf(subject, content).size(), 2u);
}

TEST(SubjectMatchTest, NamesAreFitForATerminal) {
  Subject subject;
  subject.uri = "u\x1b";
  EXPECT_EQ(SubjectName(subject), "u\\x1b");
  subject.name = "n";
  EXPECT_EQ(SubjectName(subject), "n");
}

}  // namespace
}  // namespace candor
