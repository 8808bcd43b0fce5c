// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/http_client.h"
#include "base/http_types.h"
#include "core/crypto/hash.h"
#include "core/note/policy.h"
#include "core/note/signer.h"
#include "log/publisher/checkpoint_keeper.h"

// For tests only: witnesses and a keeper in memory. Not thread-safe.

namespace candor {

// A witness that follows C2SP tlog-witness, and then does what its mode says.
class FakeWitness {
 public:
  enum class Mode {
    kHonest,
    kDown,              // the connection is refused
    kSlow,              // the request is held until Release
    kGarbage,           // 200 with bytes that are no signature lines
    kForeignSignature,  // 200 with a good cosignature by a key that is not the policy's
    kBrokenSignature,   // 200 with a cosignature of its key that does not verify
    kNoTime,            // 200 with a cosignature of time 0
    kFuture,            // 200 with a time an hour ahead
    kUnknownOrigin,     // 404
    kUnprocessable,     // 422
    kServerError,       // 500
    kClaimSize,         // 409 with claimed_size
    kClaimSizeUntyped,  // the same without the content type
    kClaimOtherSizes,   // 409 with another size each time
  };

  FakeWitness(std::string name, uint8_t seed, const Clock* clock);

  HttpResponse AddCheckpoint(const std::string& body);

  const std::string& name() const { return name_; }
  std::string url() const { return "http://" + name_ + ".test"; }
  const Cosigner& cosigner() const { return cosigner_; }

  Mode mode = Mode::kHonest;
  uint64_t claimed_size = 0;
  absl::Duration clock_error;  // how far its clock is ahead
  uint64_t size = 0;           // what it cosigned last
  Hash root;
  int requests = 0;
  std::vector<uint64_t> old_sizes;  // of the requests

 private:
  HttpResponse Honest(const std::string& body, uint64_t time);
  HttpResponse Cosign(const std::string& body, const Cosigner& cosigner, uint64_t time);

  const std::string name_;
  const Clock* const clock_;
  const Cosigner cosigner_;
  const Cosigner stranger_;
};

// The network between the publisher and its witnesses. Calls back within FetchAsync, except for
// held requests.
class FakeWitnessNetwork final : public HttpClient {
 public:
  void Add(FakeWitness* witness) {
    witnesses_["http://" + witness->name() + ".test/add-checkpoint"] = witness;
  }

  void FetchAsync(HttpRequestSpec spec, Callback done) override;

  // Lets the requests that slow witnesses hold be answered now: honestly, or with `failure`.
  void Release(absl::Status failure = absl::OkStatus());
  size_t held() const { return held_.size(); }

 private:
  std::map<std::string, FakeWitness*> witnesses_;
  std::vector<std::pair<HttpRequestSpec, Callback>> held_;
};

class MemoryKeeper final : public CheckpointKeeper {
 public:
  absl::Status KeepSigned(uint64_t tree_size, const std::string& note) override;
  absl::Status KeepPublished(uint64_t tree_size, const std::string& note) override;

  std::string signed_note;
  std::string published_note;
  std::vector<std::string> calls;  // "signed 3", "published 3"
  absl::Status fail_signed;        // what KeepSigned answers, having kept nothing
  absl::Status fail_published;
};

// A policy with these witnesses: "quorum none" for 0, else `threshold` of them.
Policy TestWitnessPolicy(const std::vector<FakeWitness*>& witnesses, int threshold);

}  // namespace candor
