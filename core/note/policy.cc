// SPDX-License-Identifier: Apache-2.0
#include "core/note/policy.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/functional/function_ref.h"
#include "core/note/policy_parser.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

// Every valid cosignature of the note by a witness of the policy.
absl::StatusOr<std::vector<PolicyCosignature>> CollectCosignatures(
    const Note& note, const std::vector<VerifierKey>& witness_keys) {
  std::vector<PolicyCosignature> cosignatures;
  for (size_t w = 0; w < witness_keys.size(); ++w) {
    const VerifierKey& vkey = witness_keys[w];
    if (!vkey.supported()) continue;
    PolicyCosignature found{.witness = w, .earliest = 0, .latest = 0, .times = {}};
    for (const NoteSignature& signature : note.signatures) {
      if (!vkey.Matches(signature)) continue;
      CANDOR_ASSIGN_OR_RETURN(const uint64_t time, VerifyCosignature(vkey, note.text, signature));
      found.times.push_back(time);
    }
    if (found.times.empty()) continue;
    for (const uint64_t time : found.times) {
      if (time == 0) continue;  // states no time
      found.earliest = found.earliest == 0 ? time : std::min(found.earliest, time);
      found.latest = std::max(found.latest, time);
    }
    cosignatures.push_back(std::move(found));
  }
  return cosignatures;
}

struct Sighting {
  uint64_t time = 0;
  size_t witness = 0;
};

std::vector<Sighting> CredibleSightings(const std::vector<PolicyCosignature>& cosignatures,
                                        uint64_t latest_credible_time) {
  std::vector<Sighting> sightings;
  for (const PolicyCosignature& cosignature : cosignatures) {
    for (const uint64_t time : cosignature.times) {
      if (time == 0 || time > latest_credible_time) continue;
      sightings.push_back({.time = time, .witness = cosignature.witness});
    }
  }
  return sightings;
}

// Adds the sightings in their order until their witnesses meet the quorum; the time of the last
// one.
std::optional<uint64_t> TimeOfQuorum(const std::vector<Sighting>& ordered, size_t witness_count,
                                     absl::FunctionRef<bool(const std::vector<bool>&)> meets) {
  std::vector<bool> cosigned(witness_count);
  for (const Sighting& sighting : ordered) {
    if (cosigned[sighting.witness]) continue;
    cosigned[sighting.witness] = true;
    if (meets(cosigned)) return sighting.time;
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<Policy> Policy::Parse(std::string_view text) { return PolicyParser().Parse(text); }

bool Policy::Meets(const std::vector<bool>& cosigned) const {
  if (!quorum_) return true;
  // Members come before the groups that list them, so one pass in order suffices.
  std::vector<bool> group_meets(groups_.size());
  const auto meets = [&](const Member& member) -> bool {
    return member.is_group ? group_meets[member.index] : cosigned[member.index];
  };
  for (size_t g = 0; g < groups_.size(); ++g) {
    const std::vector<Member>& members = groups_[g].members;
    const auto count = std::count_if(members.begin(), members.end(), meets);
    group_meets[g] = static_cast<size_t>(count) >= groups_[g].threshold;
  }
  return meets(*quorum_);
}

bool Policy::QuorumSatisfied(const absl::flat_hash_set<std::string>& witness_names) const {
  std::vector<bool> cosigned(witnesses_.size());
  for (size_t i = 0; i < witnesses_.size(); ++i) {
    cosigned[i] = witness_names.contains(witnesses_[i].name);
  }
  return Meets(cosigned);
}

absl::StatusOr<PolicyResult> Policy::Evaluate(std::string_view note,
                                              uint64_t latest_credible_time) const {
  CANDOR_ASSIGN_OR_RETURN(SignedCheckpoint opened, OpenCheckpoint(note, log_keys_));
  PolicyResult result;
  CANDOR_ASSIGN_OR_RETURN(result.cosignatures, CollectCosignatures(opened.note, witness_keys_));
  result.checkpoint = std::move(opened.checkpoint);
  result.note = std::move(opened.note);
  result.log = opened.log_signatures.front().key_index;

  std::vector<bool> cosigned(witnesses_.size());
  for (const PolicyCosignature& cosignature : result.cosignatures) {
    cosigned[cosignature.witness] = true;
  }
  result.quorum_satisfied = Meets(cosigned);
  if (quorum_is_none()) return result;

  std::vector<Sighting> sightings = CredibleSightings(result.cosignatures, latest_credible_time);
  const auto meets = [this](const std::vector<bool>& witnesses) { return Meets(witnesses); };
  std::ranges::sort(sightings, std::less<>(), &Sighting::time);
  result.logged_by = TimeOfQuorum(sightings, witnesses_.size(), meets);
  std::ranges::sort(sightings, std::greater<>(), &Sighting::time);
  result.fresh_as_of = TimeOfQuorum(sightings, witnesses_.size(), meets);
  return result;
}

}  // namespace candor
