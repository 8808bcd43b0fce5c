// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/random.h"
#include "client/cli/command.h"
#include "client/cli/flags.h"
#include "client/envelope_publisher.h"
#include "client/log_client.h"
#include "client/retry.h"
#include "core/crypto/public_key.h"
#include "core/note/policy.h"

namespace candor {

// What every command that sends something to a log takes.
struct SubmitFlags {
  std::string log;
  std::string policy;
  std::string ca;
  std::string timeout = "5m";
  bool json = false;
};

void DeclareSubmitFlags(FlagSet& flags, SubmitFlags* values);

// A connection to the log that the flags name. Not thread-safe.
class Submitter {
 public:
  // Reads the policy and certificate files; nothing is sent yet. `io` must outlive it.
  static absl::StatusOr<std::unique_ptr<Submitter>> Create(CommandIo* io, const SubmitFlags& flags);

  // Sends an envelope to the log until it is published and checks the proof, telling on `io.err`
  // when it has to wait. `keys` as in PublishRequest.
  absl::StatusOr<Publication> Submit(std::string_view envelope_json, std::vector<PublicKey> keys);

 private:
  Submitter(CommandIo* io, RetryOptions options, std::optional<Policy> policy,
            std::unique_ptr<LogClient> log);

  CommandIo* const io_;
  const RetryOptions options_;
  const std::optional<Policy> policy_;
  const std::unique_ptr<LogClient> log_;
  SystemSleeper sleeper_;
  SystemRandom random_;
  Retrier retrier_;
  EnvelopePublisher publisher_;
};

// The same for one envelope.
absl::StatusOr<Publication> Submit(CommandIo& io, const SubmitFlags& flags,
                                   std::string_view envelope_json, std::vector<PublicKey> keys);

}  // namespace candor
