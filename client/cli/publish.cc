// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/io.h"
#include "client/attestation_file.h"
#include "client/cli/command.h"
#include "client/cli/files.h"
#include "client/cli/publish_attestations.h"
#include "client/cli/submit.h"
#include "client/release.h"
#include "client/spool.h"
#include "client/terminal_text.h"
#include "core/attest/dsse.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr char kCommand[] = "candor publish";

struct PublishFlags {
  std::vector<std::string> artifacts;
  std::string purl;
  std::vector<std::string> keys;
  std::string statement;
  std::vector<std::string> envelopes;
  std::vector<std::string> public_keys;
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
  flags.List("envelope", "FILE",
             "Publish what is signed already, as it is: a DSSE envelope, a Sigstore bundle, or\n"
             "JSON lines of them, as cosign, in-toto and SLSA tools write. Needs no key. The same\n"
             "as giving FILE without --purl: its content tells what it is.",
             &values->envelopes);
  flags.List("public-key", "FILE",
             "With a signed file: who signed it (PEM), when its key ids do not name the enrolled\n"
             "key and the statement names no product by purl.",
             &values->public_keys);
  flags.String("out", "FILE", "Where the proof goes; ARTIFACT.tlog-proof if not given.",
               &values->out);
  DeclareSubmitFlags(flags, &values->submit);
  flags.Epilogue(
      "Safe to run again after any failure: the signed envelope is kept in ARTIFACT.dsse.json\n"
      "until the proof is written, and the log recognises what it has. A signed file gets\n"
      "FILE.tlog-proof; one with several statements FILE.1.tlog-proof, FILE.2.tlog-proof, ...\n"
      "Exit codes: 0 published, 1 refused, 2 not reached (try again), 64 wrong command line. With\n"
      "several statements each is tried: 1 when any was refused, else 2 when any was not reached.\n"
      "When a file is wrong (1 or 2), nothing of it is sent.");
}

// What is wrong with the combination of flags, "" if nothing.
std::string Problem(const PublishFlags& flags) {
  const bool from_file = !flags.statement.empty() || !flags.envelopes.empty();
  if (flags.submit.log.empty()) return "--log is missing";
  if (!flags.statement.empty() && !flags.envelopes.empty()) {
    return "give --statement or --envelope, not both";
  }
  if (!from_file && flags.artifacts.empty()) return "name an artifact to publish";
  if (from_file && !flags.purl.empty()) return "--purl is for a new statement, not for a given one";
  if ((!flags.statement.empty() || !flags.purl.empty()) && flags.keys.empty()) {
    return "--key is missing";
  }
  if (!flags.envelopes.empty() && !flags.keys.empty()) {
    return "--envelope is signed already: leave --key out";
  }
  if (!flags.public_keys.empty() && (!flags.purl.empty() || !flags.statement.empty())) {
    return "--public-key is for what is signed already";
  }
  if (!flags.out.empty() && flags.artifacts.size() > 1) {
    return "--out names one file, but there are several artifacts";
  }
  return "";
}

// Files that are given without --purl are statements themselves: tells by their content of which
// kind, and sets the flags as if they had been given so. Answers what is wrong with the command
// line, "" if nothing.
absl::StatusOr<std::string> Recognise(PublishFlags* flags) {
  for (const std::string& file : flags->artifacts) {
    const absl::StatusOr<std::string> bytes = ReadFileBounded(file, kMaxAttestationFileBytes);
    if (!bytes.ok() && ReasonOf(bytes.status()) != "FILE_TOO_LARGE") return bytes.status();
    const absl::StatusOr<AttestationFile> parsed =
        bytes.ok() ? ParseAttestations(*bytes) : bytes.status();
    if (!parsed.ok() && bytes.ok() && ReasonOf(parsed.status()) != "ATTESTATION_UNKNOWN") {
      return Annotate(parsed.status(), file);
    }
    if (!parsed.ok()) {
      return absl::StrCat("--purl is missing: which product is it? (as a signed statement, ",
                          ForTerminal(file),
                          " does not do: ", ForTerminal(parsed.status().message()), ")");
    }
    if (!parsed->unsigned_statement) {
      if (flags->keys.empty()) continue;
      return absl::StrCat(ForTerminal(file), " is signed already: leave --key out");
    }
    if (flags->artifacts.size() > 1) return "publish unsigned statements one at a time";
    if (flags->keys.empty()) {
      return absl::StrCat("--key is missing: nobody signed the statement ", ForTerminal(file));
    }
    flags->statement = file;
    flags->artifacts.clear();
    return "";
  }
  flags->envelopes = std::move(flags->artifacts);
  flags->artifacts.clear();
  return "";
}

// Where the proofs go: beside each artifact, or beside the given statement.
std::vector<std::string> ProofPaths(const PublishFlags& flags) {
  if (!flags.out.empty()) return {flags.out};
  std::vector<std::string> paths;
  for (const std::string& artifact : flags.artifacts) paths.push_back(artifact + ".tlog-proof");
  if (paths.empty()) paths.push_back(flags.statement + ".tlog-proof");
  return paths;
}

absl::StatusOr<std::string> Payload(const PublishFlags& flags,
                                    const std::vector<Artifact>& artifacts) {
  if (flags.statement.empty()) return MakeReleaseStatement(artifacts, flags.purl);
  CANDOR_ASSIGN_OR_RETURN(std::string payload, ReadFileBounded(flags.statement, kMaxEnvelopeBytes));
  CANDOR_RETURN_IF_ERROR(CheckSubjects(payload, artifacts));
  return payload;
}

// Whether the log refused what was submitted. Its refusals have reasons: those of somebody between
// us and the log (a proxy's 403) do not, and say nothing about what the log did with it.
bool IsLogsRefusal(const absl::Status& status) {
  return (absl::IsInvalidArgument(status) || absl::IsPermissionDenied(status)) &&
         !ReasonOf(status).empty();
}

absl::StatusOr<Publication> Publish(CommandIo& io, const PublishFlags& flags) {
  CANDOR_ASSIGN_OR_RETURN(const std::vector<Artifact> artifacts, ReadArtifacts(flags.artifacts));
  CANDOR_ASSIGN_OR_RETURN(const std::vector<PrivateKey> keys, LoadPrivateKeys(flags.keys));
  CANDOR_ASSIGN_OR_RETURN(const std::string payload, Payload(flags, artifacts));
  // All that can fail here without the log does so before the spool is touched.
  CANDOR_ASSIGN_OR_RETURN(const std::unique_ptr<Submitter> submitter,
                          Submitter::Create(&io, flags.submit));
  const std::string& base = flags.artifacts.empty() ? flags.statement : flags.artifacts[0];
  Spool spool(base + ".dsse.json");
  CANDOR_ASSIGN_OR_RETURN(const std::string envelope,
                          spool.EnvelopeFor(kInTotoPayloadType, payload, Pointers(keys)));
  std::vector<PublicKey> public_keys;
  for (const PrivateKey& key : keys) public_keys.push_back(key.public_key());
  absl::StatusOr<Publication> publication = submitter->Submit(envelope, std::move(public_keys));
  if (!publication.ok()) {
    // What a log refused it did not log: nothing to go on with.
    if (IsLogsRefusal(publication.status())) CANDOR_RETURN_IF_ERROR(spool.Remove());
    return publication.status();
  }
  for (const std::string& path : ProofPaths(flags)) {
    CANDOR_RETURN_IF_ERROR(WritePublicFile(path, publication->proof));
  }
  CANDOR_RETURN_IF_ERROR(spool.Remove());
  return publication;
}

int PublishSigning(CommandIo& io, const PublishFlags& flags) {
  const absl::StatusOr<Publication> publication = Publish(io, flags);
  if (!publication.ok()) return Fail(io, publication.status(), flags.submit.json);
  const bool checked = !flags.submit.policy.empty();
  const std::vector<std::string> paths = ProofPaths(flags);
  if (flags.submit.json) {
    Json json = ReceiptJson(publication->receipt, checked);
    json["proofs"] = paths;
    PrintJson(io, json);
  } else {
    io.out << "published: " << ReceiptWords(publication->receipt, checked)
           << "\nproof: " << absl::StrJoin(paths, ", ") << "\n";
  }
  return kExitYes;
}

}  // namespace

int RunPublish(CommandIo& io, Arguments arguments) {
  PublishFlags values;
  FlagSet flags(
      kCommand,
      "ARTIFACT... --purl PURL --key FILE --log URL [--policy FILE]\n"
      "       candor publish SIGNED-FILE... --log URL [--policy FILE]",
      "Publishes a release: makes a statement about the files, signs it, sends it to the\n"
      "log, waits until witnesses have seen it, checks what came back, and writes the\n"
      "proof that customers verify offline. Or publishes statements that other tools signed.");
  Declare(flags, &values);
  int exit_code = 0;
  if (!ParseFlags(io, flags, arguments, &exit_code)) return exit_code;
  std::string problem = Problem(values);
  const bool from_file = !values.statement.empty() || !values.envelopes.empty();
  if (problem.empty() && values.purl.empty() && !from_file) {
    absl::StatusOr<std::string> recognised = Recognise(&values);
    if (!recognised.ok()) return Fail(io, recognised.status(), values.submit.json);
    problem = *std::move(recognised);
  }
  if (!problem.empty()) return FailUsage(io, kCommand, problem);
  if (values.envelopes.empty()) return PublishSigning(io, values);
  return PublishAttestations(
      io, {values.envelopes, values.artifacts, values.public_keys, values.out, values.submit});
}

}  // namespace candor
