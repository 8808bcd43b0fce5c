// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "core/note/checkpoint.h"
#include "core/note/cosignature.h"
#include "core/note/vkey.h"

namespace candor {

inline constexpr size_t kMaxPolicyBytes = 1024 * 1024;
inline constexpr size_t kMaxPolicyLogs = 256;
inline constexpr size_t kMaxPolicyWitnesses = 256;
inline constexpr size_t kMaxPolicyGroups = 256;

struct PolicyLog {
  VerifierKey vkey;  // its name is the log's origin
  std::string url;   // empty if the policy gives none
};

struct PolicyWitness {
  std::string name;  // the policy's own name for it, not the key name
  VerifierKey vkey;
  std::string url;  // the submission prefix; empty if the policy gives none
};

// One witness of the policy that cosigned, with the times it stated, in POSIX seconds. A note may
// hold several cosignatures by one witness. Both are 0 if it stated no time at all.
struct PolicyCosignature {
  size_t witness = 0;  // index in Policy::witnesses()
  uint64_t earliest = 0;
  uint64_t latest = 0;
  std::vector<uint64_t> times;  // all, in the order of the note
};

struct PolicyResult {
  Checkpoint checkpoint;
  Note note;
  size_t log = 0;  // index in Policy::logs(): the first one that signed
  std::vector<PolicyCosignature> cosignatures;  // in the order of Policy::witnesses(), each once
  bool quorum_satisfied = false;  // by all verified cosignatures, whatever their times

  // Times in POSIX seconds; none if the credible times do not meet the quorum, or it is `none`.
  std::optional<uint64_t> logged_by;    // smallest T: cosignatures with time <= T meet the quorum
  std::optional<uint64_t> fresh_as_of;  // largest t: cosignatures with time >= t meet the quorum
};

// A trust policy (C2SP tlog-policy): which logs and witnesses are trusted and which sets of
// witnesses suffice. Immutable, thread-safe.
class Policy {
 public:
  // INVALID_ARGUMENT "POLICY_INVALID", naming the line. A log may have a key of any type, a witness
  // one of a cosignature type (0x04, 0x06); keys whose type can not be verified here
  // (!vkey.supported()) load, and never count as having signed.
  static absl::StatusOr<Policy> Parse(std::string_view text);

  const std::vector<PolicyLog>& logs() const { return logs_; }
  const std::vector<PolicyWitness>& witnesses() const { return witnesses_; }

  // The keys of logs(), in the same order, for OpenCheckpoint.
  const std::vector<VerifierKey>& log_keys() const { return log_keys_; }

  // True for `quorum none`: a log's signature alone suffices.
  bool quorum_is_none() const { return !quorum_.has_value(); }

  // Whether these witnesses (by the policy's names) meet the quorum. Unknown names do not count.
  bool QuorumSatisfied(const absl::flat_hash_set<std::string>& witness_names) const;

  // Verifies a checkpoint note: signed by a log of the policy, every cosignature by a witness of
  // the policy valid. A quorum that is not met is an answer, not an error. Errors as
  // OpenCheckpoint's; a broken signature by a known witness rejects the note (PERMISSION_DENIED
  // "SIGNATURE_INVALID"). Cosignatures with a time later than `latest_credible_time` (give now plus
  // the clock skew you tolerate) or with none do not count for logged_by and fresh_as_of.
  absl::StatusOr<PolicyResult> Evaluate(std::string_view note,
                                        uint64_t latest_credible_time = kMaxCosignatureTime) const;

 private:
  friend class PolicyParser;

  // A name of the policy: a witness (group == false, index in witnesses_) or a group.
  struct Member {
    bool is_group = false;
    size_t index = 0;
  };
  struct Group {
    size_t threshold = 0;
    std::vector<Member> members;  // groups among them have a smaller index
  };

  Policy() = default;

  // `cosigned[i]` says whether witnesses_[i] counts.
  bool Meets(const std::vector<bool>& cosigned) const;

  std::vector<PolicyLog> logs_;
  std::vector<PolicyWitness> witnesses_;
  std::vector<VerifierKey> log_keys_;
  std::vector<VerifierKey> witness_keys_;
  std::vector<Group> groups_;  // in the order of the file
  std::optional<Member> quorum_;
};

}  // namespace candor
