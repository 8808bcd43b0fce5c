// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/http_client.h"
#include "base/http_types.h"
#include "core/merkle/tree.h"
#include "core/note/note.h"
#include "core/note/policy.h"
#include "log/publisher/signed_head.h"

namespace candor {

struct WitnessLinkOptions {
  absl::Duration request_timeout = absl::Seconds(5);
  absl::Duration backoff_initial = absl::Milliseconds(250);
  absl::Duration backoff_max = absl::Seconds(10);
  // A cosignature whose time is later than now plus this does not count: clients would not count
  // it.
  absl::Duration clock_skew = absl::Minutes(5);
};

enum class WitnessState {
  kUntried,   // not asked yet since the start
  kCosigned,  // its last answer was a valid cosignature
  kFailed,    // its last answer was none, or of no use
  kDisputed,  // it says that it holds a tree that ours does not extend
  kUnusable,  // it can not be asked: no URL, or a key type that can not be verified here
};

std::string_view WitnessStateName(WitnessState state);

// One witness as the publisher sees it: the client's side of C2SP tlog-witness `add-checkpoint`,
// one request at a time. It only computes: the publisher sends what Begin answers and hands back
// what came. Not thread-safe.
class WitnessLink {
 public:
  struct Cosignature {
    NoteSignature signature;  // verified
    uint64_t time = 0;        // POSIX seconds, by the witness's clock
  };

  WitnessLink(PolicyWitness witness, WitnessLinkOptions options);

  // The request for a cosignature on `target`. Not while busy(), and only if usable(). `reader`
  // serves a tree of at least that size. An error is our own (the tree can not be read) and counts
  // as a failure.
  absl::StatusOr<HttpRequestSpec> Begin(const SignedHead& target, const HashReader& reader,
                                        absl::Time now);

  // Takes the answer to the request for `target`; afterwards not busy(). A cosignature if there is
  // one; else state(), error() and next_attempt() say what happened.
  std::optional<Cosignature> Finish(const SignedHead& target,
                                    const absl::StatusOr<HttpResponse>& response, absl::Time now);

  // What an earlier run left: the witness cosigned a tree of this size.
  void RestoreSize(uint64_t tree_size) { size_ = tree_size; }

  const std::string& name() const { return witness_.name; }
  const VerifierKey& vkey() const { return witness_.vkey; }
  bool usable() const { return state_ != WitnessState::kUnusable; }
  bool busy() const { return busy_; }
  WitnessState state() const { return state_; }
  // Not before this time.
  absl::Time next_attempt() const { return next_attempt_; }
  // When its last cosignature came, by our clock: its own may be wrong.
  absl::Time answered_at() const { return answered_at_; }
  // The clock was set back to `now`: nothing waits for the old time.
  void ClampTimes(absl::Time now) {
    next_attempt_ = std::min(next_attempt_, now);
    answered_at_ = std::min(answered_at_, now);
  }
  // Words about the last failure; empty when there is none.
  const std::string& error() const { return error_; }
  // The size the witness is known to have cosigned.
  std::optional<uint64_t> size() const { return size_; }

 private:
  std::optional<Cosignature> TakeCosignature(const SignedHead& target, const HttpResponse& response,
                                             absl::Time now);
  void TakeConflict(const SignedHead& target, const HttpResponse& response, absl::Time now);
  void Fail(std::string error, absl::Time now);
  void Dispute(std::string error, absl::Time now);
  void BackOff(absl::Time now);

  const PolicyWitness witness_;
  const WitnessLinkOptions options_;
  WitnessState state_ = WitnessState::kUntried;
  bool busy_ = false;
  uint64_t sent_old_size_ = 0;
  std::optional<uint64_t> size_;
  int failures_ = 0;   // in a row
  int conflicts_ = 0;  // in a row
  absl::Time next_attempt_ = absl::InfinitePast();
  absl::Time answered_at_ = absl::InfinitePast();
  std::string error_;
};

}  // namespace candor
