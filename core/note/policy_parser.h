// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/note/policy.h"

namespace candor {

// Internal to core/note: builds a Policy line by line. Use Policy::Parse.
class PolicyParser {
 public:
  absl::StatusOr<Policy> Parse(std::string_view text) &&;

 private:
  using Fields = std::vector<std::string_view>;

  // A defined name and whether a group lists it already.
  struct Definition {
    Policy::Member member;
    bool listed = false;
  };

  absl::Status ParseLine(std::string_view line);
  absl::Status ParseLog(const Fields& fields);
  absl::Status ParseWitness(const Fields& fields);
  absl::Status ParseGroup(const Fields& fields);
  absl::Status ParseQuorum(const Fields& fields);
  absl::Status Define(std::string_view name, Policy::Member member);

  Policy policy_;
  bool quorum_seen_ = false;
  absl::flat_hash_map<std::string, Definition> names_;
  absl::flat_hash_set<std::string> log_material_;  // key bytes, to find duplicates
  absl::flat_hash_set<std::string> witness_material_;
};

}  // namespace candor
