// SPDX-License-Identifier: Apache-2.0
#include "core/merkle/tree.h"

#include <limits>
#include <map>
#include <string>
#include <utility>

#include "core/merkle/hasher.h"
#include "core/merkle/oracle.h"
#include "core/merkle/testing.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

constexpr size_t kMaxSize = 300;
constexpr uint64_t kMax64 = std::numeric_limits<uint64_t>::max();

TEST(TreeTest, RootsOfEverySizeAreTheOracles) {
  const std::vector<Hash> leaves = oracle::SampleLeaves(kMaxSize);
  Frontier frontier;
  MemoryTree tree;
  for (size_t size = 0; size <= kMaxSize; ++size) {
    const Hash expected = oracle::TreeHash(absl::MakeSpan(leaves).subspan(0, size));
    EXPECT_EQ(frontier.size(), size);
    ASSERT_EQ(frontier.root(), expected) << size;
    ASSERT_EQ(TreeRoot(size, tree).value(), expected) << size;
    ASSERT_EQ(Frontier::Load(size, tree).value(), frontier) << size;
    ASSERT_EQ(Frontier::Restore(size, frontier.hashes()).value(), frontier) << size;
    if (size == kMaxSize) break;
    frontier.Append(leaves[size]);
    tree.Append(leaves[size]);
  }
}

// The eight inputs that implementations of RFC 6962 share, and their roots.
TEST(TreeTest, KnownRoots) {
  const std::string inputs[] = {"",
                                std::string(1, '\0'),
                                "\x10",
                                "\x20\x21",
                                "\x30\x31",
                                "\x40\x41\x42\x43",
                                "\x50\x51\x52\x53\x54\x55\x56\x57",
                                "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"};
  const std::string_view roots[] = {
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  Frontier frontier;
  for (int i = 0; i < 8; ++i) {
    frontier.Append(LeafHash(inputs[i]));
    EXPECT_EQ(frontier.root().hex(), roots[i]);
  }
}

TEST(TreeTest, AppendReportsEveryCompleteNodeOnce) {
  const std::vector<Hash> leaves = oracle::SampleLeaves(kMaxSize);
  Frontier frontier;
  std::map<NodeId, Hash> nodes;
  for (const Hash& leaf : leaves) {
    frontier.Append(leaf, [&](NodeId node, const Hash& hash) {
      EXPECT_TRUE(nodes.emplace(node, hash).second);
    });
  }
  size_t expected_count = 0;
  for (uint8_t level = 0; level < 64; ++level) {
    for (uint64_t index = 0; IsNodeInTree({level, index}, kMaxSize); ++index) {
      ++expected_count;
      const auto range = absl::MakeSpan(leaves).subspan(index << level, size_t{1} << level);
      EXPECT_EQ((nodes[{level, index}]), oracle::TreeHash(range));
    }
  }
  EXPECT_EQ(nodes.size(), expected_count);
}

// The frontier's nodes lie side by side and cover the tree, each smaller than the one before.
TEST(TreeTest, FrontierNodesCoverTheTree) {
  std::vector<uint64_t> sizes = {1ull << 63, (1ull << 63) - 1, (1ull << 63) + 1, kMax64,
                                 kMax64 - 1};
  for (uint64_t size = 0; size <= 1000; ++size) sizes.push_back(size);
  for (uint64_t size : sizes) {
    uint64_t end = 0;
    int last_level = 64;
    for (const NodeId node : FrontierNodes(size)) {
      EXPECT_TRUE(IsNodeInTree(node, size));
      EXPECT_LT(node.level, last_level);
      EXPECT_EQ(node.index << node.level, end);
      end += uint64_t{1} << node.level;
      last_level = node.level;
    }
    EXPECT_EQ(end, size);
  }
}

TEST(TreeTest, NodesInTree) {
  EXPECT_FALSE(IsNodeInTree({0, 0}, 0));
  EXPECT_TRUE(IsNodeInTree({0, 0}, 1));
  EXPECT_FALSE(IsNodeInTree({1, 0}, 1));
  EXPECT_TRUE(IsNodeInTree({1, 1}, 4));
  EXPECT_FALSE(IsNodeInTree({1, 1}, 3));
  EXPECT_TRUE(IsNodeInTree({63, 0}, kMax64));
  EXPECT_FALSE(IsNodeInTree({63, 1}, kMax64));
  EXPECT_TRUE(IsNodeInTree({0, kMax64 - 1}, kMax64));
  EXPECT_FALSE(IsNodeInTree({0, kMax64}, kMax64));
  EXPECT_FALSE(IsNodeInTree({64, 0}, kMax64));
  EXPECT_FALSE(IsNodeInTree({255, 0}, kMax64));
}

TEST(TreeTest, RestoreRefusesOtherCounts) {
  for (size_t count : {0, 1, 2, 4}) {
    EXPECT_EQ(ReasonOf(Frontier::Restore(7, std::vector<Hash>(count)).status()),
              "MALFORMED_FRONTIER");
  }
  EXPECT_TRUE(Frontier::Restore(7, std::vector<Hash>(3)).ok());
}

TEST(TreeTest, AppendsNearTheLargestSize) {
  // A full frontier below 2^63: the next leaf folds all 63 hashes into one.
  Frontier frontier = Frontier::Restore((1ull << 63) - 1, std::vector<Hash>(63)).value();
  frontier.Append(Hash());
  EXPECT_EQ(frontier.size(), 1ull << 63);
  EXPECT_EQ(frontier.hashes().size(), 1u);
  frontier = Frontier::Restore(kMax64 - 1, std::vector<Hash>(63)).value();
  frontier.Append(Hash());
  EXPECT_EQ(frontier.size(), kMax64);
  EXPECT_EQ(frontier.hashes().size(), 64u);
}

class BrokenReader : public HashReader {
 public:
  explicit BrokenReader(absl::StatusOr<std::vector<Hash>> answer) : answer_(std::move(answer)) {}
  absl::StatusOr<std::vector<Hash>> ReadHashes(absl::Span<const NodeId>) const override {
    return answer_;
  }

 private:
  absl::StatusOr<std::vector<Hash>> answer_;
};

TEST(TreeTest, PassesOnWhatTheReaderAnswers) {
  EXPECT_EQ(TreeRoot(3, BrokenReader(absl::UnavailableError("down"))).status().code(),
            absl::StatusCode::kUnavailable);
  for (size_t count : {0, 1, 3}) {
    const BrokenReader reader{std::vector<Hash>(count)};
    EXPECT_EQ(TreeRoot(3, reader).status().code(), absl::StatusCode::kInternal);
    EXPECT_EQ(Frontier::Load(3, reader).status().code(), absl::StatusCode::kInternal);
  }
  EXPECT_EQ(TreeRoot(0, BrokenReader(absl::UnavailableError("down"))).value(), EmptyRoot());
}

}  // namespace
}  // namespace candor
