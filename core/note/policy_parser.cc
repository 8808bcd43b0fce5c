// SPDX-License-Identifier: Apache-2.0
#include "core/note/policy_parser.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/note/lines.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr std::string_view kNone = "none";

absl::Status Invalid(std::string_view message) {
  return Refuse(absl::StatusCode::kInvalidArgument, "POLICY_INVALID", message);
}

absl::Status InvalidLine(size_t number, const absl::Status& status) {
  return Invalid(absl::StrCat("line ", number, " of the policy: ", status.message()));
}

absl::Status CheckCharacters(std::string_view line) {
  const auto allowed = [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet == '\t' || (octet >= 0x20 && octet != 0x7F);
  };
  if (std::all_of(line.begin(), line.end(), allowed)) return absl::OkStatus();
  return Invalid("the only control characters allowed are tab and newline");
}

absl::Status TooMany(std::string_view what, size_t limit) {
  return Invalid(absl::StrCat("a policy may have at most ", limit, " ", what));
}

absl::StatusOr<size_t> ParseThreshold(std::string_view text, size_t members) {
  if (text == "any") return 1;
  if (text == "all") return members;
  const absl::StatusOr<uint64_t> k = ParseDecimal(text);
  if (!k.ok()) return Invalid("a group's threshold must be any, all or a decimal number");
  if (*k < 1 || *k > members) {
    return Invalid(absl::StrCat("the group's threshold ", *k, " must lie in 1 .. ", members,
                                ", the number of its members"));
  }
  return *k;
}

}  // namespace

absl::StatusOr<Policy> PolicyParser::Parse(std::string_view text) && {
  if (text.size() > kMaxPolicyBytes) {
    return Invalid(absl::StrCat("a policy may have at most ", kMaxPolicyBytes, " bytes"));
  }
  LineReader reader(text);
  size_t number = 0;
  while (const std::optional<std::string_view> line = reader.Next()) {
    ++number;
    if (absl::Status status = ParseLine(*line); !status.ok()) return InvalidLine(number, status);
  }
  if (!reader.rest().empty()) {
    return Invalid("the last line of the policy must end with a newline: the file may be cut off");
  }
  if (!quorum_seen_) return Invalid("a policy must have a quorum line");
  return std::move(policy_);
}

absl::Status PolicyParser::ParseLine(std::string_view line) {
  CANDOR_RETURN_IF_ERROR(CheckCharacters(line));
  const Fields fields = absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
  if (fields.empty() || fields[0].front() == '#') return absl::OkStatus();
  if (fields[0] == "log") return ParseLog(fields);
  if (fields[0] == "witness") return ParseWitness(fields);
  if (fields[0] == "group") return ParseGroup(fields);
  if (fields[0] == "quorum") return ParseQuorum(fields);
  return Invalid("a line must begin with log, witness, group, quorum or #");
}

absl::Status PolicyParser::ParseLog(const Fields& fields) {
  if (fields.size() < 2 || fields.size() > 3) {
    return Invalid("a log line must have the form: log <vkey> [<url>]");
  }
  if (policy_.logs_.size() == kMaxPolicyLogs) return TooMany("logs", kMaxPolicyLogs);
  CANDOR_ASSIGN_OR_RETURN(VerifierKey vkey, VerifierKey::Parse(fields[1]));
  if (!log_material_.insert(vkey.material()).second) {
    return Invalid("another log line has the same public key");
  }
  policy_.log_keys_.push_back(vkey);
  policy_.logs_.push_back(
      {.vkey = std::move(vkey), .url = std::string(fields.size() == 3 ? fields[2] : "")});
  return absl::OkStatus();
}

absl::Status PolicyParser::ParseWitness(const Fields& fields) {
  if (fields.size() < 3 || fields.size() > 4) {
    return Invalid("a witness line must have the form: witness <name> <vkey> [<url>]");
  }
  if (policy_.witnesses_.size() == kMaxPolicyWitnesses) {
    return TooMany("witnesses", kMaxPolicyWitnesses);
  }
  CANDOR_ASSIGN_OR_RETURN(VerifierKey vkey, VerifierKey::Parse(fields[2]));
  if (vkey.type() != SignatureType::kCosignatureEd25519 &&
      vkey.type() != SignatureType::kCosignatureMlDsa44) {
    return Invalid("a witness key must be of a cosignature type (4 or 6)");
  }
  if (!witness_material_.insert(vkey.material()).second) {
    return Invalid("another witness line has the same public key");
  }
  CANDOR_RETURN_IF_ERROR(
      Define(fields[1], {.is_group = false, .index = policy_.witnesses_.size()}));
  policy_.witness_keys_.push_back(vkey);
  policy_.witnesses_.push_back({.name = std::string(fields[1]),
                                .vkey = std::move(vkey),
                                .url = std::string(fields.size() == 4 ? fields[3] : "")});
  return absl::OkStatus();
}

absl::Status PolicyParser::ParseGroup(const Fields& fields) {
  if (fields.size() < 4) {
    return Invalid("a group line must have the form: group <name> any|all|<k> <name>...");
  }
  if (policy_.groups_.size() == kMaxPolicyGroups) return TooMany("groups", kMaxPolicyGroups);
  Policy::Group group;
  CANDOR_ASSIGN_OR_RETURN(group.threshold, ParseThreshold(fields[2], fields.size() - 3));
  for (size_t i = 3; i < fields.size(); ++i) {
    const auto found = names_.find(fields[i]);
    if (found == names_.end()) {
      return Invalid(absl::StrCat("the group member ", fields[i], " is not defined above"));
    }
    // Each name counts in one place only, so that no witness can count twice.
    if (std::exchange(found->second.listed, true)) {
      return Invalid(absl::StrCat(fields[i], " is already a member of a group"));
    }
    group.members.push_back(found->second.member);
  }
  CANDOR_RETURN_IF_ERROR(Define(fields[1], {.is_group = true, .index = policy_.groups_.size()}));
  policy_.groups_.push_back(std::move(group));
  return absl::OkStatus();
}

absl::Status PolicyParser::ParseQuorum(const Fields& fields) {
  if (fields.size() != 2) return Invalid("a quorum line must have the form: quorum <name>");
  if (std::exchange(quorum_seen_, true)) return Invalid("a policy must have only one quorum line");
  if (fields[1] == kNone) return absl::OkStatus();
  const auto found = names_.find(fields[1]);
  if (found == names_.end()) {
    return Invalid(absl::StrCat("the quorum ", fields[1], " is not defined above"));
  }
  policy_.quorum_ = found->second.member;
  return absl::OkStatus();
}

absl::Status PolicyParser::Define(std::string_view name, Policy::Member member) {
  if (name == kNone) return Invalid("the name none is reserved");
  if (!names_.try_emplace(name, Definition{.member = member, .listed = false}).second) {
    return Invalid(absl::StrCat("the name ", name, " is already defined"));
  }
  return absl::OkStatus();
}

}  // namespace candor
