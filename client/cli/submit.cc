// SPDX-License-Identifier: Apache-2.0
#include "client/cli/submit.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/random.h"
#include "client/cli/files.h"
#include "client/connect.h"
#include "client/retry.h"
#include "client/terminal_text.h"
#include "core/util/status_macros.h"

namespace candor {

void DeclareSubmitFlags(FlagSet& flags, SubmitFlags* values) {
  flags.String("log", "URL", "The log: http://, https://, grpc://host:port or grpcs://host:port.",
               &values->log);
  flags.String("policy", "FILE",
               "A tlog-policy file: then the log's signature and the witnesses are checked too.",
               &values->policy);
  flags.String("ca", "FILE", "PEM certificates to trust for TLS instead of the system's.",
               &values->ca);
  flags.String("timeout", "TIME", "How long to keep trying, default 5m.", &values->timeout);
  flags.Bool("json", "Print the result as JSON.", &values->json);
}

absl::StatusOr<Publication> Submit(CommandIo& io, const SubmitFlags& flags,
                                   std::string_view envelope_json, std::vector<PublicKey> keys) {
  RetryOptions options;
  CANDOR_ASSIGN_OR_RETURN(options.total, ParseTimeout(flags.timeout));
  std::optional<Policy> policy;
  if (!flags.policy.empty()) {
    CANDOR_ASSIGN_OR_RETURN(policy, LoadPolicy(flags.policy));
  }
  CANDOR_ASSIGN_OR_RETURN(std::string certificates, LoadCertificates(flags.ca));
  CANDOR_ASSIGN_OR_RETURN(const std::unique_ptr<LogClient> log,
                          ConnectLog(flags.log, std::move(certificates)));
  SystemSleeper sleeper;
  SystemRandom random;
  Retrier retrier(SystemClock::Get(), &sleeper, &random);
  EnvelopePublisher publisher(log.get(), SystemClock::Get(), &retrier);
  PublishRequest request;
  request.envelope_json = std::string(envelope_json);
  request.keys = std::move(keys);
  request.policy = policy ? &*policy : nullptr;
  return publisher.Publish(request, options, [&](const absl::Status& error, absl::Duration delay) {
    io.err << "candor: " << ForTerminal(error.message()) << "; trying again in "
           << absl::FormatDuration(absl::Trunc(delay, absl::Milliseconds(100))) << std::endl;
  });
}

}  // namespace candor
