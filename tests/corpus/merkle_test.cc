// SPDX-License-Identifier: Apache-2.0
//
// Inclusion and consistency proofs, right and wrong, made by another implementation.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "core/crypto/hash.h"
#include "core/merkle/proof.h"
#include "tests/corpus/corpus.h"

namespace candor {
namespace {

std::optional<Hash> ReadHash(const nlohmann::json& field) {
  auto hash = Hash::FromBytes(FromBase64(field.get<std::string>()));
  return hash.ok() ? std::optional<Hash>(*hash) : std::nullopt;
}

// nullopt when one of them is not 32 bytes: such a proof can not even be written down here.
std::optional<std::vector<Hash>> ReadProof(const nlohmann::json& field) {
  std::vector<Hash> proof;
  if (field.is_null()) return proof;
  for (const auto& item : field) {
    const auto hash = ReadHash(item);
    if (!hash) return std::nullopt;
    proof.push_back(*hash);
  }
  return proof;
}

bool InclusionHolds(const nlohmann::json& vector) {
  const auto leaf = ReadHash(vector.at("leafHash"));
  const auto root = ReadHash(vector.at("root"));
  const auto proof = ReadProof(vector.at("proof"));
  return leaf && root && proof &&
         VerifyInclusion(*leaf, vector.at("leafIdx").get<uint64_t>(),
                         vector.at("treeSize").get<uint64_t>(), *proof, *root)
             .ok();
}

bool ConsistencyHolds(const nlohmann::json& vector) {
  const auto old_root = ReadHash(vector.at("root1"));
  const auto new_root = ReadHash(vector.at("root2"));
  const auto proof = ReadProof(vector.at("proof"));
  return old_root && new_root && proof &&
         VerifyConsistency(vector.at("size1").get<uint64_t>(), vector.at("size2").get<uint64_t>(),
                           *old_root, *new_root, *proof)
             .ok();
}

TEST(MerkleCorpusTest, Inclusion) {
  size_t accepted = 0;
  for (const std::string& file : CorpusJsonFiles("merkle/inclusion")) {
    SCOPED_TRACE(file);
    const nlohmann::json vector = ReadCorpusJson(file);
    ExpectExactMembers(vector,
                       {"leafIdx", "treeSize", "root", "leafHash", "proof", "desc", "wantErr"});
    const bool want = !vector.at("wantErr").get<bool>();
    EXPECT_EQ(InclusionHolds(vector), want) << vector.at("desc");
    accepted += want ? 1 : 0;
  }
  EXPECT_GT(accepted, 0u);
}

TEST(MerkleCorpusTest, Consistency) {
  size_t accepted = 0;
  for (const std::string& file : CorpusJsonFiles("merkle/consistency")) {
    SCOPED_TRACE(file);
    const nlohmann::json vector = ReadCorpusJson(file);
    ExpectExactMembers(vector, {"size1", "size2", "root1", "root2", "proof", "desc", "wantErr"});
    const bool want = !vector.at("wantErr").get<bool>();
    EXPECT_EQ(ConsistencyHolds(vector), want) << vector.at("desc");
    accepted += want ? 1 : 0;
  }
  EXPECT_GT(accepted, 0u);
}

}  // namespace
}  // namespace candor
