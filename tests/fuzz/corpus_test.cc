// SPDX-License-Identifier: Apache-2.0
//
// The fuzz targets in ordinary builds: over every seed, every prefix of it, and a fixed number of
// mutations.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/util/encoding.h"
#include "gtest/gtest.h"
#include "tests/fuzz/mutator.h"
#include "tests/fuzz/targets.h"

namespace candor {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMutationsOfASeed = 400;
constexpr size_t kMaxPrefixes = 512;

fs::path Corpus() {
  const char* const sources = std::getenv("TEST_SRCDIR");
  const char* const workspace = std::getenv("TEST_WORKSPACE");
  const fs::path root = sources == nullptr ? "." : fs::path(sources) / workspace;
  return root / "tests/fuzz/corpus";
}

std::vector<std::string> SeedsOf(const std::string& target) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(Corpus() / target)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> seeds;
  for (const fs::path& path : paths) {
    std::ifstream in(path, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return seeds;
}

class FuzzCorpusTest : public ::testing::TestWithParam<FuzzTarget> {
 protected:
  void Run(std::string_view input) const {
    ASSERT_EQ(GetParam().function(input).value_or(""), "") << "input, in hex: " << HexEncode(input);
  }
};

// A seed that does not decode would lead nowhere.
TEST_P(FuzzCorpusTest, SeedsDecode) {
  const std::vector<std::string> seeds = SeedsOf(GetParam().name);
  ASSERT_GE(seeds.size(), 2u);
  for (const std::string& seed : seeds) {
    EXPECT_EQ(GetParam().function(seed), "") << "seed, in hex: " << HexEncode(seed);
  }
}

TEST_P(FuzzCorpusTest, PrefixesHold) {
  for (const std::string& seed : SeedsOf(GetParam().name)) {
    const size_t step = 1 + seed.size() / kMaxPrefixes;
    for (size_t size = 0; size < seed.size(); size += step) {
      ASSERT_NO_FATAL_FAILURE(Run(std::string_view(seed).substr(0, size)));
    }
  }
}

TEST_P(FuzzCorpusTest, MutationsHold) {
  const std::vector<std::string> seeds = SeedsOf(GetParam().name);
  for (size_t i = 0; i < seeds.size(); ++i) {
    const std::string& other = seeds[(i + 1) % seeds.size()];
    for (uint64_t number = 0; number < kMutationsOfASeed; ++number) {
      Mutator mutator(number);
      ASSERT_NO_FATAL_FAILURE(Run(mutator.Mutate(seeds[i], other)));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, FuzzCorpusTest, ::testing::ValuesIn(FuzzTargets()),
                         [](const auto& target) { return std::string(target.param.name); });

// What is no decoder's: that a seed folder belongs to a target, and that mutations are what they
// are taken for.
TEST(FuzzCorpus, EverySeedFolderIsATargets) {
  for (const auto& entry : fs::directory_iterator(Corpus())) {
    const std::string name = entry.path().filename().string();
    EXPECT_TRUE(std::any_of(FuzzTargets().begin(), FuzzTargets().end(),
                            [&](const FuzzTarget& target) { return target.name == name; }))
        << name;
  }
}

TEST(FuzzMutator, DependsOnItsNumberOnly) {
  const std::string input(100, 'a');
  int changed = 0;
  for (uint64_t number = 0; number < 100; ++number) {
    const std::string mutated = Mutator(number).Mutate(input, "other");
    EXPECT_EQ(mutated, Mutator(number).Mutate(input, "other"));
    changed += mutated != input ? 1 : 0;
  }
  EXPECT_GT(changed, 80);
  EXPECT_NO_FATAL_FAILURE(Mutator(1).Mutate("", ""));
}

}  // namespace
}  // namespace candor
