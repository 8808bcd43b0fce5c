// SPDX-License-Identifier: Apache-2.0
#include "client/cli/submit.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "client/cli/files.h"
#include "client/connect.h"
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

absl::StatusOr<std::unique_ptr<Submitter>> Submitter::Create(CommandIo* io,
                                                             const SubmitFlags& flags) {
  RetryOptions options;
  CANDOR_ASSIGN_OR_RETURN(options.total, ParseTimeout(flags.timeout));
  std::optional<Policy> policy;
  if (!flags.policy.empty()) {
    CANDOR_ASSIGN_OR_RETURN(policy, LoadPolicy(flags.policy));
  }
  CANDOR_ASSIGN_OR_RETURN(std::string certificates, LoadCertificates(flags.ca));
  CANDOR_ASSIGN_OR_RETURN(std::unique_ptr<LogClient> log,
                          ConnectLog(flags.log, std::move(certificates)));
  return std::unique_ptr<Submitter>(new Submitter(io, options, std::move(policy), std::move(log)));
}

Submitter::Submitter(CommandIo* io, RetryOptions options, std::optional<Policy> policy,
                     std::unique_ptr<LogClient> log)
    : io_(io),
      options_(options),
      policy_(std::move(policy)),
      log_(std::move(log)),
      retrier_(SystemClock::Get(), &sleeper_, &random_),
      publisher_(log_.get(), SystemClock::Get(), &retrier_) {}

absl::StatusOr<Publication> Submitter::Submit(std::string_view envelope_json,
                                              std::vector<PublicKey> keys) {
  PublishRequest request;
  request.envelope_json = std::string(envelope_json);
  request.keys = std::move(keys);
  request.policy = policy_ ? &*policy_ : nullptr;
  return publisher_.Publish(
      request, options_, [this](const absl::Status& error, absl::Duration delay) {
        io_->err << "candor: " << ForTerminal(error.message()) << "; trying again in "
                 << absl::FormatDuration(absl::Trunc(delay, absl::Milliseconds(100))) << '\n'
                 << std::flush;
      });
}

absl::StatusOr<Publication> Submit(CommandIo& io, const SubmitFlags& flags,
                                   std::string_view envelope_json, std::vector<PublicKey> keys) {
  CANDOR_ASSIGN_OR_RETURN(const std::unique_ptr<Submitter> submitter,
                          Submitter::Create(&io, flags));
  return submitter->Submit(envelope_json, std::move(keys));
}

}  // namespace candor
