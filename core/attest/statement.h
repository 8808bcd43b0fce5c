// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "nlohmann/json_fwd.hpp"

namespace candor {

inline constexpr std::string_view kStatementV1 = "https://in-toto.io/Statement/v1";
inline constexpr std::string_view kStatementV01 = "https://in-toto.io/Statement/v0.1";

inline constexpr size_t kMaxSubjects = 1024;
inline constexpr size_t kMaxDigestsPerSubject = 16;
inline constexpr size_t kMaxSubjectNameBytes = 4096;  // Also of a subject's uri.
inline constexpr size_t kMaxDigestNameBytes = 64;
inline constexpr size_t kMaxDigestValueBytes = 512;
inline constexpr size_t kMaxPredicateTypeBytes = 512;

// Algorithm -> value. Values of sha256, sha384, sha512 and of Candor's own names that end in
// "Sha256" are lower-case hex of the right length; others are any non-empty text.
using DigestMap = std::map<std::string, std::string>;

struct Subject {
  std::string name;  // "" when absent.
  std::string uri;   // "" when absent.
  DigestMap digest;  // Not empty.
};

// An in-toto Statement v1, or v0.1 (read, never made). The signed bytes are the payload that it was
// parsed from: keep those, a statement is not meant to be serialised again.
struct Statement {
  std::string type;               // `_type`
  std::vector<Subject> subjects;  // 1..1024
  std::string predicate_type;
  // An object; never null (an absent predicate is an empty one). Shared and immutable.
  std::shared_ptr<const nlohmann::json> predicate;
};

// Strict JSON (json.h), unknown members ignored as the specification demands.
// INVALID_ARGUMENT with reason STATEMENT_INVALID, STATEMENT_TYPE_UNKNOWN, TOO_MANY_SUBJECTS, or one
// of json.h's. `max_bytes` bounds the payload.
absl::StatusOr<Statement> ParseStatement(std::string_view payload, size_t max_bytes);

}  // namespace candor
