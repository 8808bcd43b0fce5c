// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nlohmann/json.hpp"

// Reads the optional folder of real data that the environment variable CANDOR_TESTDATA names. Every
// function throws on data that is missing or malformed: a test over it must not pass by default.

namespace candor {

std::string ReadCorpusFile(const std::string& path);
nlohmann::json ReadCorpusJson(const std::string& path);
// Paths of the *.json files below a folder, relative to the corpus, sorted; at least one.
std::vector<std::string> CorpusJsonFiles(const std::string& folder);

// Standard base64 as vectors have it, of any length.
std::string FromBase64(std::string_view text);

// The object's member names must be exactly these: a field that no test reads is an error.
void ExpectExactMembers(const nlohmann::json& object, const std::vector<std::string>& names);

}  // namespace candor
