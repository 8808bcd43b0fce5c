// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/io.h"
#include "client/cli/command.h"
#include "client/cli/files.h"
#include "client/cli/submit.h"
#include "client/release.h"
#include "client/spool.h"
#include "core/attest/dsse.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr char kCommand[] = "candor publish";

struct PublishFlags {
  std::vector<std::string> artifacts;
  std::string purl;
  std::vector<std::string> keys;
  std::string statement;
  std::string envelope;
  std::string out;
  SubmitFlags submit;
};

void Declare(FlagSet& flags, PublishFlags* values) {
  flags.Positional(&values->artifacts);
  flags.String("purl", "PURL", "The product and version, for example pkg:generic/acme/cam@1.2.",
               &values->purl);
  flags.List("key", "FILE", "The signing key (PEM PKCS#8, as candor keygen makes it).",
             &values->keys);
  flags.String("statement", "FILE", "Publish this in-toto statement instead of making one.",
               &values->statement);
  flags.String("envelope", "FILE", "Publish this signed DSSE envelope as it is; needs no key.",
               &values->envelope);
  flags.String("out", "FILE", "Where the proof goes; ARTIFACT.tlog-proof if not given.",
               &values->out);
  DeclareSubmitFlags(flags, &values->submit);
  flags.Epilogue(
      "Safe to run again after any failure: the signed envelope is kept in ARTIFACT.dsse.json\n"
      "until the proof is written, and the log recognises what it has.\n"
      "Exit codes: 0 published, 1 refused, 2 not reached (try again), 64 wrong command line.");
}

// What is wrong with the combination of flags, "" if nothing.
std::string Problem(const PublishFlags& flags) {
  const bool from_file = !flags.statement.empty() || !flags.envelope.empty();
  if (flags.submit.log.empty()) return "--log is missing";
  if (!flags.statement.empty() && !flags.envelope.empty()) {
    return "give --statement or --envelope, not both";
  }
  if (!from_file && flags.artifacts.empty()) return "name an artifact to publish";
  if (!from_file && flags.purl.empty()) return "--purl is missing: which product is it?";
  if (from_file && !flags.purl.empty()) return "--purl is for a new statement, not for a given one";
  if (flags.envelope.empty() && flags.keys.empty()) return "--key is missing";
  if (!flags.envelope.empty() && !flags.keys.empty()) {
    return "--envelope is signed already: leave --key out";
  }
  if (!flags.out.empty() && flags.artifacts.size() > 1) {
    return "--out names one file, but there are several artifacts";
  }
  return "";
}

// Where the proofs go: beside each artifact, or beside the given file.
std::vector<std::string> ProofPaths(const PublishFlags& flags) {
  if (!flags.out.empty()) return {flags.out};
  std::vector<std::string> paths;
  for (const std::string& artifact : flags.artifacts) paths.push_back(artifact + ".tlog-proof");
  if (paths.empty()) {
    paths.push_back((flags.envelope.empty() ? flags.statement : flags.envelope) + ".tlog-proof");
  }
  return paths;
}

absl::StatusOr<std::string> Payload(const PublishFlags& flags,
                                    const std::vector<Artifact>& artifacts) {
  if (flags.statement.empty()) return MakeReleaseStatement(artifacts, flags.purl);
  CANDOR_ASSIGN_OR_RETURN(std::string payload, ReadFileBounded(flags.statement, kMaxEnvelopeBytes));
  CANDOR_RETURN_IF_ERROR(CheckSubjects(payload, artifacts));
  return payload;
}

absl::StatusOr<std::string> GivenEnvelope(const PublishFlags& flags,
                                          const std::vector<Artifact>& artifacts) {
  CANDOR_ASSIGN_OR_RETURN(std::string json, ReadFileBounded(flags.envelope, kMaxEnvelopeBytes));
  CANDOR_ASSIGN_OR_RETURN(const DsseEnvelope envelope, ParseEnvelope(json));
  if (!artifacts.empty()) CANDOR_RETURN_IF_ERROR(CheckSubjects(envelope.payload, artifacts));
  return json;
}

bool IsRefusal(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsPermissionDenied(status);
}

absl::StatusOr<Publication> Publish(CommandIo& io, const PublishFlags& flags) {
  CANDOR_ASSIGN_OR_RETURN(const std::vector<Artifact> artifacts, ReadArtifacts(flags.artifacts));
  std::string envelope;
  std::vector<PublicKey> public_keys;
  std::optional<Spool> spool;
  if (!flags.envelope.empty()) {
    CANDOR_ASSIGN_OR_RETURN(envelope, GivenEnvelope(flags, artifacts));
  } else {
    CANDOR_ASSIGN_OR_RETURN(const std::vector<PrivateKey> keys, LoadPrivateKeys(flags.keys));
    CANDOR_ASSIGN_OR_RETURN(const std::string payload, Payload(flags, artifacts));
    const std::string& base = flags.artifacts.empty() ? flags.statement : flags.artifacts[0];
    spool.emplace(base + ".dsse.json");
    CANDOR_ASSIGN_OR_RETURN(envelope,
                            spool->EnvelopeFor(kInTotoPayloadType, payload, Pointers(keys)));
    for (const PrivateKey& key : keys) public_keys.push_back(key.public_key());
  }
  absl::StatusOr<Publication> publication =
      Submit(io, flags.submit, envelope, std::move(public_keys));
  if (!publication.ok()) {
    // What a log refused it did not log: nothing to go on with.
    if (spool && IsRefusal(publication.status())) CANDOR_RETURN_IF_ERROR(spool->Remove());
    return publication.status();
  }
  for (const std::string& path : ProofPaths(flags)) {
    CANDOR_RETURN_IF_ERROR(WritePublicFile(path, publication->proof));
  }
  if (spool) CANDOR_RETURN_IF_ERROR(spool->Remove());
  return publication;
}

}  // namespace

int RunPublish(CommandIo& io, Arguments arguments) {
  PublishFlags values;
  FlagSet flags(
      kCommand, "ARTIFACT... --purl PURL --key FILE --log URL [--policy FILE]",
      "Publishes a release: makes a statement about the files, signs it, sends it to the\n"
      "log, waits until witnesses have seen it, checks what came back, and writes the\n"
      "proof that customers verify offline.");
  Declare(flags, &values);
  int exit_code = 0;
  if (!ParseFlags(io, flags, arguments, &exit_code)) return exit_code;
  if (const std::string problem = Problem(values); !problem.empty()) {
    return FailUsage(io, kCommand, problem);
  }
  const absl::StatusOr<Publication> publication = Publish(io, values);
  if (!publication.ok()) return Fail(io, publication.status(), values.submit.json);
  const bool checked = !values.submit.policy.empty();
  const std::vector<std::string> paths = ProofPaths(values);
  if (values.submit.json) {
    Json json = ReceiptJson(publication->receipt, checked);
    json["proofs"] = paths;
    PrintJson(io, json);
  } else {
    io.out << "published: " << ReceiptWords(publication->receipt, checked)
           << "\nproof: " << absl::StrJoin(paths, ", ") << "\n";
  }
  return kExitYes;
}

}  // namespace candor
