// SPDX-License-Identifier: Apache-2.0
#include "tests/corpus/corpus.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>

#include "core/util/encoding.h"

namespace candor {
namespace {

std::filesystem::path Root() {
  const char* root = std::getenv("CANDOR_TESTDATA");
  if (root == nullptr || *root == '\0') {
    throw std::runtime_error("set CANDOR_TESTDATA to the folder with the corpus");
  }
  return root;
}

}  // namespace

std::string ReadCorpusFile(const std::string& path) {
  std::ifstream in(Root() / path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(in), {}};
}

nlohmann::json ReadCorpusJson(const std::string& path) {
  return nlohmann::json::parse(ReadCorpusFile(path));
}

std::vector<std::string> CorpusJsonFiles(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& file : std::filesystem::recursive_directory_iterator(Root() / folder)) {
    if (file.path().extension() != ".json") continue;
    files.push_back(std::filesystem::relative(file.path(), Root()).string());
  }
  if (files.empty()) throw std::runtime_error("no vectors in " + folder);
  std::sort(files.begin(), files.end());
  return files;
}

std::string FromBase64(std::string_view text) {
  auto bytes = Base64Decode(text);
  if (!bytes.ok()) throw std::runtime_error("not base64: " + std::string(text));
  return *std::move(bytes);
}

void ExpectExactMembers(const nlohmann::json& object, const std::vector<std::string>& names) {
  std::set<std::string> present;
  for (const auto& item : object.items()) present.insert(item.key());
  EXPECT_EQ(present, std::set<std::string>(names.begin(), names.end()));
}

}  // namespace candor
