// SPDX-License-Identifier: Apache-2.0
#include "core/merkle/proof.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <map>
#include <string>

#include "core/merkle/hasher.h"
#include "core/merkle/oracle.h"
#include "core/merkle/testing.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

using Proof = std::vector<Hash>;

constexpr size_t kMaxSize = 260;
constexpr size_t kMaxSizeForEveryBit = 16;
constexpr uint64_t kMax64 = std::numeric_limits<uint64_t>::max();

// Samples of every size, made once.
struct World {
  World() : leaves(oracle::SampleLeaves(kMaxSize)) {
    for (const Hash& leaf : leaves) tree.Append(leaf);
    for (size_t size = 0; size <= kMaxSize; ++size) roots.push_back(tree.Root(size));
  }
  absl::Span<const Hash> first(size_t size) const {
    return absl::MakeSpan(leaves).subspan(0, size);
  }

  std::vector<Hash> leaves;
  std::vector<Hash> roots;  // By size.
  MemoryTree tree;
};

const World& TheWorld() {
  static const auto* world = new World();
  return *world;
}

Hash Flipped(Hash hash, size_t bit) {
  hash.data()[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
  return hash;
}

// Each proof that is wrong in its hashes: one flipped bit (every bit of every hash, or one of
// each), one hash for another, two exchanged.
std::vector<Proof> WrongHashes(const Proof& proof, bool every_bit) {
  std::vector<Proof> wrong;
  for (size_t i = 0; i < proof.size(); ++i) {
    for (size_t bit = every_bit ? 0 : (37 * i) % 256; bit < 256; bit += every_bit ? 1 : 256) {
      wrong.push_back(proof);
      wrong.back()[i] = Flipped(proof[i], bit);
    }
    const size_t last = every_bit ? proof.size() : std::min(i + 2, proof.size());
    for (size_t j = i + 1; j < last; ++j) {
      wrong.push_back(proof);
      std::swap(wrong.back()[i], wrong.back()[j]);
    }
    wrong.push_back(proof);
    wrong.back()[i] = Hash();
  }
  return wrong;
}

// Each proof of a wrong length: cut and extended at both ends.
std::vector<Proof> WrongLengths(const Proof& proof, const Hash& root) {
  std::vector<Proof> wrong;
  if (!proof.empty()) {
    wrong.emplace_back(proof.begin() + 1, proof.end());
    wrong.emplace_back(proof.begin(), proof.end() - 1);
    wrong.push_back(proof);
    wrong.back().push_back(proof.back());
    wrong.push_back(Proof());
  }
  for (const Hash& extra : {Hash(), root}) {
    wrong.push_back(proof);
    wrong.back().push_back(extra);
    wrong.push_back(proof);
    wrong.back().insert(wrong.back().begin(), extra);
  }
  wrong.emplace_back(66);
  return wrong;
}

TEST(InclusionProofTest, EverySizeAndIndexIsTheOracles) {
  const World& world = TheWorld();
  for (size_t size = 1; size <= kMaxSize; ++size) {
    for (size_t index = 0; index < size; ++index) {
      const Proof proof = InclusionProof(index, size, world.tree).value();
      ASSERT_EQ(proof, oracle::Path(index, world.first(size))) << index << " of " << size;
      ASSERT_EQ(proof.size(), InclusionProofLength(index, size));
      ASSERT_TRUE(VerifyInclusion(world.leaves[index], index, size, proof, world.roots[size]).ok());
    }
  }
}

TEST(InclusionProofTest, RefusesEveryWrongProof) {
  const World& world = TheWorld();
  for (size_t size = 1; size <= kMaxSize; size += size < 100 ? 1 : 19) {
    for (size_t index = 0; index < size; ++index) {
      const Proof good = InclusionProof(index, size, world.tree).value();
      const auto verify = [&](const Proof& proof) {
        return ReasonOf(
            VerifyInclusion(world.leaves[index], index, size, proof, world.roots[size]));
      };
      for (const Proof& wrong : WrongHashes(good, size <= kMaxSizeForEveryBit)) {
        ASSERT_EQ(verify(wrong), "ROOT_MISMATCH");
      }
      for (const Proof& wrong : WrongLengths(good, world.roots[size])) {
        ASSERT_EQ(verify(wrong), "PROOF_LENGTH");
      }
    }
  }
}

TEST(InclusionProofTest, RefusesEveryOtherIndexSizeLeafAndRoot) {
  const World& world = TheWorld();
  for (size_t size = 1; size <= 36; ++size) {
    for (size_t index = 0; index < size; ++index) {
      const Proof proof = InclusionProof(index, size, world.tree).value();
      const Hash& leaf = world.leaves[index];
      const Hash& root = world.roots[size];
      for (size_t other = 0; other <= 37; ++other) {
        if (other != index) {
          ASSERT_FALSE(VerifyInclusion(leaf, other, size, proof, root).ok());
          ASSERT_FALSE(VerifyInclusion(world.leaves[other], index, size, proof, root).ok());
        }
        if (other != size) {
          ASSERT_FALSE(VerifyInclusion(leaf, index, other, proof, world.roots[other]).ok());
          ASSERT_FALSE(VerifyInclusion(leaf, index, size, proof, world.roots[other]).ok());
        }
      }
      for (size_t bit = 0; bit < 256; bit += size <= kMaxSizeForEveryBit ? 1 : 37) {
        ASSERT_FALSE(VerifyInclusion(Flipped(leaf, bit), index, size, proof, root).ok());
        ASSERT_FALSE(VerifyInclusion(leaf, index, size, proof, Flipped(root, bit)).ok());
      }
    }
  }
}

TEST(InclusionProofTest, RefusesIndexesOutsideOfTheTree) {
  const World& world = TheWorld();
  for (const auto& [index, size] : std::vector<std::pair<uint64_t, uint64_t>>{
           {0, 0}, {1, 1}, {7, 7}, {8, 7}, {kMax64, kMax64}, {kMax64, 0}, {kMax64, 1}}) {
    const absl::Status made = InclusionProof(index, size, world.tree).status();
    EXPECT_EQ(made.code(), absl::StatusCode::kOutOfRange);
    EXPECT_EQ(ReasonOf(made), "INDEX_OUT_OF_RANGE");
    const absl::Status checked = VerifyInclusion(Hash(), index, size, {}, Hash());
    EXPECT_EQ(checked.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(ReasonOf(checked), "INDEX_OUT_OF_RANGE");
  }
}

TEST(ConsistencyProofTest, EveryPairOfSizesIsTheOracles) {
  const World& world = TheWorld();
  for (size_t new_size = 1; new_size <= kMaxSize; ++new_size) {
    for (size_t old_size = 1; old_size <= new_size; ++old_size) {
      const Proof proof = ConsistencyProof(old_size, new_size, world.tree).value();
      ASSERT_EQ(proof, oracle::Proof(old_size, world.first(new_size)))
          << old_size << " to " << new_size;
      ASSERT_EQ(proof.size(), ConsistencyProofLength(old_size, new_size));
      ASSERT_TRUE(
          VerifyConsistency(old_size, new_size, world.roots[old_size], world.roots[new_size], proof)
              .ok());
    }
  }
}

TEST(ConsistencyProofTest, RefusesEveryWrongProof) {
  const World& world = TheWorld();
  for (size_t new_size = 1; new_size <= kMaxSize; new_size += new_size < 100 ? 1 : 19) {
    for (size_t old_size = 0; old_size <= new_size; ++old_size) {
      const Proof good = ConsistencyProof(old_size, new_size, world.tree).value();
      const auto verify = [&](const Proof& proof) {
        return ReasonOf(VerifyConsistency(old_size, new_size, world.roots[old_size],
                                          world.roots[new_size], proof));
      };
      for (const Proof& wrong : WrongHashes(good, new_size <= kMaxSizeForEveryBit)) {
        ASSERT_EQ(verify(wrong), "ROOT_MISMATCH");
      }
      for (const Proof& wrong : WrongLengths(good, world.roots[new_size])) {
        ASSERT_EQ(verify(wrong), "PROOF_LENGTH");
      }
    }
  }
}

TEST(ConsistencyProofTest, RefusesEveryOtherSizeAndRoot) {
  const World& world = TheWorld();
  for (size_t new_size = 1; new_size <= 36; ++new_size) {
    for (size_t old_size = 1; old_size <= new_size; ++old_size) {
      const Proof proof = ConsistencyProof(old_size, new_size, world.tree).value();
      const Hash& old_root = world.roots[old_size];
      const Hash& new_root = world.roots[new_size];
      for (size_t other = 0; other <= 37; ++other) {
        // From nothing and from itself a tree follows by the same, empty proof.
        const bool both_empty = proof.empty() && (other == 0 || other == new_size);
        if (other != old_size && !both_empty) {
          ASSERT_FALSE(
              VerifyConsistency(other, new_size, world.roots[other], new_root, proof).ok());
        }
        if (other != old_size) {
          ASSERT_FALSE(
              VerifyConsistency(old_size, new_size, world.roots[other], new_root, proof).ok());
        }
        if (other != new_size) {
          ASSERT_FALSE(
              VerifyConsistency(old_size, new_size, old_root, world.roots[other], proof).ok());
        }
      }
      for (size_t bit = 0; bit < 256; bit += new_size <= kMaxSizeForEveryBit ? 1 : 37) {
        ASSERT_FALSE(
            VerifyConsistency(old_size, new_size, Flipped(old_root, bit), new_root, proof).ok());
        ASSERT_FALSE(
            VerifyConsistency(old_size, new_size, old_root, Flipped(new_root, bit), proof).ok());
      }
      if (old_size != new_size) {
        ASSERT_FALSE(VerifyConsistency(old_size, new_size, new_root, old_root, proof).ok());
      }
    }
  }
}

TEST(ConsistencyProofTest, EmptyAndEqualTrees) {
  const World& world = TheWorld();
  const Hash& root = world.roots[7];
  EXPECT_TRUE(ConsistencyProof(0, 0, world.tree).value().empty());
  EXPECT_TRUE(ConsistencyProof(0, 7, world.tree).value().empty());
  EXPECT_TRUE(ConsistencyProof(7, 7, world.tree).value().empty());
  EXPECT_TRUE(VerifyConsistency(0, 0, EmptyRoot(), EmptyRoot(), {}).ok());
  EXPECT_TRUE(VerifyConsistency(0, 7, EmptyRoot(), root, {}).ok());
  EXPECT_TRUE(VerifyConsistency(7, 7, root, root, {}).ok());
  EXPECT_EQ(ReasonOf(VerifyConsistency(0, 0, EmptyRoot(), root, {})), "ROOT_MISMATCH");
  EXPECT_EQ(ReasonOf(VerifyConsistency(0, 0, root, root, {})), "ROOT_MISMATCH");
  EXPECT_EQ(ReasonOf(VerifyConsistency(0, 7, Hash(), root, {})), "ROOT_MISMATCH");
  EXPECT_EQ(ReasonOf(VerifyConsistency(7, 7, root, world.roots[6], {})), "ROOT_MISMATCH");
}

TEST(ConsistencyProofTest, RefusesToShrink) {
  const World& world = TheWorld();
  for (const auto& [old_size, new_size] : std::vector<std::pair<uint64_t, uint64_t>>{
           {1, 0}, {8, 7}, {kMax64, 0}, {kMax64, kMax64 - 1}}) {
    const absl::Status made = ConsistencyProof(old_size, new_size, world.tree).status();
    EXPECT_EQ(made.code(), absl::StatusCode::kOutOfRange);
    EXPECT_EQ(ReasonOf(made), "SIZE_OUT_OF_RANGE");
    const absl::Status checked = VerifyConsistency(old_size, new_size, Hash(), Hash(), {});
    EXPECT_EQ(checked.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(ReasonOf(checked), "SIZE_OUT_OF_RANGE");
  }
}

// A tree of any size whose leaves are all the same: each level has one node hash. The root follows
// RFC 6962's recursion over sizes.
class UniformTree : public HashReader {
 public:
  UniformTree() : levels_{Sha256("leaf")} {
    for (int level = 1; level < 64; ++level) {
      levels_.push_back(NodeHash(levels_.back(), levels_.back()));
    }
  }

  absl::StatusOr<std::vector<Hash>> ReadHashes(absl::Span<const NodeId> nodes) const override {
    ++reads;
    std::vector<Hash> hashes;
    for (const NodeId node : nodes) hashes.push_back(levels_[node.level]);
    return hashes;
  }

  const Hash& leaf() const { return levels_[0]; }
  Hash Root(uint64_t size) const {
    if (std::has_single_bit(size)) return levels_[std::countr_zero(size)];
    const uint64_t split = std::bit_floor(size - 1);
    return NodeHash(levels_[std::countr_zero(split)], Root(size - split));
  }

  mutable int reads = 0;

 private:
  std::vector<Hash> levels_;
};

std::vector<uint64_t> LargeSizes() {
  std::vector<uint64_t> sizes;
  for (int bit : {31, 32, 33, 62, 63}) {
    for (int offset : {-2, -1, 0, 1, 2}) sizes.push_back((uint64_t{1} << bit) + offset);
  }
  for (uint64_t size : {0x5555555555555555ull, 0xaaaaaaaaaaaaaaaaull, 0xf00000000000000full}) {
    sizes.push_back(size);
  }
  sizes.push_back(kMax64 - 1);
  sizes.push_back(kMax64);
  return sizes;
}

TEST(LargeTreeTest, InclusionProofs) {
  UniformTree tree;
  for (uint64_t size : LargeSizes()) {
    tree.reads = 0;
    const Hash root = TreeRoot(size, tree).value();
    EXPECT_EQ(tree.reads, 1);
    for (uint64_t index : {uint64_t{0}, uint64_t{1}, size / 3, size / 2 - 1, size / 2,
                           std::bit_floor(size) - 1, size - 2, size - 1}) {
      tree.reads = 0;
      Proof proof = InclusionProof(index, size, tree).value();
      EXPECT_EQ(tree.reads, 1);
      EXPECT_EQ(proof.size(), InclusionProofLength(index, size));
      EXPECT_LE(proof.size(), size <= 1ull << 63 ? kMaxInclusionProofHashes : 64);
      EXPECT_TRUE(VerifyInclusion(tree.leaf(), index, size, proof, root).ok())
          << index << " of " << size;
      for (const Proof& wrong : WrongLengths(proof, root)) {
        EXPECT_FALSE(VerifyInclusion(tree.leaf(), index, size, wrong, root).ok());
      }
      proof[proof.size() / 2] = Hash();
      EXPECT_FALSE(VerifyInclusion(tree.leaf(), index, size, proof, root).ok());
    }
  }
}

TEST(LargeTreeTest, ConsistencyProofs) {
  UniformTree tree;
  std::vector<uint64_t> sizes = LargeSizes();
  sizes.insert(sizes.end(), {1, 2, 3, 255, 256, 257});
  for (uint64_t new_size : sizes) {
    for (uint64_t old_size : sizes) {
      if (old_size >= new_size) continue;
      tree.reads = 0;
      Proof proof = ConsistencyProof(old_size, new_size, tree).value();
      EXPECT_EQ(tree.reads, 1);
      const Hash old_root = TreeRoot(old_size, tree).value();
      const Hash new_root = TreeRoot(new_size, tree).value();
      EXPECT_EQ(proof.size(), ConsistencyProofLength(old_size, new_size));
      EXPECT_LE(proof.size(), new_size <= 1ull << 63 ? kMaxConsistencyProofHashes : 65);
      EXPECT_TRUE(VerifyConsistency(old_size, new_size, old_root, new_root, proof).ok())
          << old_size << " to " << new_size;
      proof[proof.size() / 2] = Hash();
      EXPECT_FALSE(VerifyConsistency(old_size, new_size, old_root, new_root, proof).ok());
    }
  }
}

TEST(LargeTreeTest, RootsFollowTheRecursion) {
  const UniformTree tree;
  for (uint64_t size : LargeSizes()) {
    EXPECT_EQ(TreeRoot(size, tree).value(), tree.Root(size));
  }
}

TEST(ProofTest, PassesOnTheReadersError) {
  const MemoryTree empty;
  EXPECT_EQ(InclusionProof(3, 7, empty).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ConsistencyProof(3, 7, empty).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace candor
