// SPDX-License-Identifier: Apache-2.0
#include "client/release.h"

#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/testing.h"
#include "core/attest/statement.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

constexpr char kPurl[] = "pkg:generic/acme.example/cam@1";

Artifact MakeArtifact(const std::string& path, std::string_view bytes) {
  return {path, DigestsOf(bytes)};
}

TEST(ReleaseTest, OneSubjectForEachArtifact) {
  const std::vector<Artifact> artifacts = {MakeArtifact("a/x.deb", "x"), MakeArtifact("y", "y")};
  const std::string payload = MakeReleaseStatement(artifacts, kPurl).value();
  const Statement statement = ParseStatement(payload, payload.size()).value();
  ASSERT_EQ(statement.subjects.size(), 2u);
  EXPECT_EQ(statement.subjects[0].name, "x.deb");
  EXPECT_EQ(statement.subjects[0].digest.at("sha256"), DigestsOf("x").sha256);
  EXPECT_EQ(statement.subjects[1].digest.at("sha512"), DigestsOf("y").sha512);
  EXPECT_TRUE(CheckSubjects(payload, artifacts).ok());
  EXPECT_EQ(payload, MakeReleaseStatement(artifacts, kPurl).value());
}

TEST(ReleaseTest, Refusals) {
  const std::vector<Artifact> one = {MakeArtifact("x", "x")};
  const std::vector<Artifact> twins = {MakeArtifact("a/x", "x"), MakeArtifact("b/x", "y")};
  EXPECT_TRUE(absl::StrContains(MakeReleaseStatement(twins, kPurl).status().message(),
                                "two artifacts are named x"));
  EXPECT_FALSE(MakeReleaseStatement({}, kPurl).ok());
  EXPECT_FALSE(MakeReleaseStatement(one, "pkg:generic/acme.example/cam").ok());
  EXPECT_FALSE(MakeReleaseStatement(one, "cam 1").ok());
  const std::vector<Artifact> many(kMaxSubjects + 1, one[0]);
  EXPECT_FALSE(MakeReleaseStatement(many, kPurl).ok());
}

TEST(ReleaseTest, ArtifactsThatAreNoSubject) {
  const std::string payload = TestWorld::ReleasePayload("x", kPurl);
  const std::vector<Artifact> other = {MakeArtifact("other.bin", "y")};
  const absl::Status status = CheckSubjects(payload, other);
  EXPECT_EQ(ReasonOf(status), "ARTIFACT_DIFFERS");
  EXPECT_TRUE(absl::StrContains(status.message(), "other.bin"));
  EXPECT_FALSE(CheckSubjects("{}", other).ok());
}

TEST(ReleaseTest, ReadsFiles) {
  const std::string path = testing::TempDir() + "/release_test.bin";
  std::ofstream(path) << "x";
  const std::vector<std::string> paths = {path};
  const auto artifacts = ReadArtifacts(paths);
  ASSERT_TRUE(artifacts.ok());
  EXPECT_EQ((*artifacts)[0].name(), "release_test.bin");
  EXPECT_EQ((*artifacts)[0].digests, DigestsOf("x"));
  const std::vector<std::string> missing = {path, path + ".missing"};
  EXPECT_EQ(ReadArtifacts(missing).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace candor
