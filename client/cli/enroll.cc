// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/io.h"
#include "client/cli/command.h"
#include "client/cli/files.h"
#include "client/cli/submit.h"
#include "client/enrollment.h"
#include "core/attest/dsse.h"
#include "core/attest/predicates.h"
#include "core/util/encoding.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

// The words of a request, as flags.
struct RequestFlags {
  EnrollmentTerms terms;
  std::string role = "vendor";
  std::string threshold = "1";
  std::vector<std::string> root_keys;
  std::vector<std::string> signing_keys;
};

void DeclareRequest(FlagSet& flags, RequestFlags* values) {
  flags.String("log-origin", "NAME", "The log's origin, as in its checkpoints.",
               &values->terms.origin);
  flags.String("participant", "DOMAIN", "Who enrols, for example acme.example.",
               &values->terms.participant);
  flags.String("role", "ROLE", "vendor (default), assessor or authority.", &values->role);
  flags.List("root-key", "FILE",
             "A private key that decides about later changes of the keys; keep it offline.",
             &values->root_keys);
  flags.List("signing-key", "FILE", "A private key that signs statements.", &values->signing_keys);
  flags.String("threshold", "N", "How many root keys a later change takes, default 1.",
               &values->threshold);
  flags.List("predicate", "KIND", "What it may publish: release, openvex, ... or a type URI.",
             &values->terms.predicates);
  flags.List("purl-prefix", "PREFIX",
             "What it may speak about, for example pkg:generic/acme.example/",
             &values->terms.purl_prefixes);
  flags.Bool("unnamed", "It may also make statements that name no product by purl.",
             &values->terms.unnamed);
  flags.String("contact", "TEXT", "Where to reach its security people.", &values->terms.contact);
}

std::string RequestProblem(const RequestFlags& flags) {
  if (flags.terms.origin.empty()) return "--log-origin is missing";
  if (flags.terms.participant.empty()) return "--participant is missing";
  if (flags.root_keys.empty()) return "--root-key is missing";
  if (flags.signing_keys.empty()) return "--signing-key is missing";
  if (flags.terms.predicates.empty()) return "--predicate is missing: for example release";
  return "";
}

absl::StatusOr<std::string> MakeRequest(const RequestFlags& flags) {
  EnrollmentTerms terms = flags.terms;
  CANDOR_ASSIGN_OR_RETURN(terms.role, ParseRole(flags.role));
  CANDOR_ASSIGN_OR_RETURN(const uint64_t threshold, ParseDecimal(flags.threshold));
  if (threshold < 1 || threshold > flags.root_keys.size()) {
    return absl::InvalidArgumentError(absl::StrCat("--threshold is ", threshold, ", but there are ",
                                                   flags.root_keys.size(), " root keys"));
  }
  terms.threshold = static_cast<uint32_t>(threshold);
  CANDOR_ASSIGN_OR_RETURN(const std::vector<PrivateKey> roots, LoadPrivateKeys(flags.root_keys));
  CANDOR_ASSIGN_OR_RETURN(const std::vector<PrivateKey> keys, LoadPrivateKeys(flags.signing_keys));
  return MakeEnrollmentRequest(terms, Pointers(roots), Pointers(keys));
}

absl::StatusOr<Enrollment> LoadEnrollment(const std::string& path) {
  CANDOR_ASSIGN_OR_RETURN(const std::string json, ReadFileBounded(path, kMaxEnvelopeBytes));
  return ReadEnrollment(json);
}

absl::StatusOr<std::string> Approve(const Enrollment& enrollment,
                                    const std::vector<std::string>& registrar_keys) {
  CANDOR_ASSIGN_OR_RETURN(const std::vector<PrivateKey> keys, LoadPrivateKeys(registrar_keys));
  return ApproveEnrollment(enrollment, Pointers(keys));
}

bool Confirmed(CommandIo& io) {
  io.out << "Approve this? Type yes: " << std::flush;
  std::string answer;
  return std::getline(io.in, answer) && answer == "yes";
}

int SubmitEnrollment(CommandIo& io, const SubmitFlags& flags, const std::string& envelope,
                     const std::string& out) {
  const absl::StatusOr<Enrollment> enrollment = ReadEnrollment(envelope);
  if (!enrollment.ok()) return Fail(io, enrollment.status(), flags.json);
  absl::StatusOr<Publication> publication =
      Submit(io, flags, envelope, KeysetKeys(enrollment->keyset));
  if (publication.ok() && !out.empty()) {
    const absl::Status written = WritePublicFile(out, publication->proof);
    if (!written.ok()) publication = written;
  }
  if (!publication.ok()) return Fail(io, publication.status(), flags.json);
  const bool checked = !flags.policy.empty();
  if (flags.json) {
    Json json = ReceiptJson(publication->receipt, checked);
    json["participant"] = enrollment->keyset.participant;
    PrintJson(io, json);
  } else {
    io.out << "enrolled " << enrollment->keyset.participant << ": "
           << ReceiptWords(publication->receipt, checked) << "\n";
  }
  return kExitYes;
}

int RunRequest(CommandIo& io, Arguments arguments) {
  RequestFlags values;
  std::string out;
  constexpr char kCommand[] = "candor enroll request";
  FlagSet flags(
      kCommand, "--log-origin NAME --participant DOMAIN --root-key F... --signing-key F...",
      "The participant's part: writes a request that names its keys and what they may say,\n"
      "signed by each of the keys. Send it to the log's registrar.");
  DeclareRequest(flags, &values);
  flags.String("out", "FILE", "Where the request goes.", &out);
  int exit_code = 0;
  if (!ParseFlags(io, flags, arguments, &exit_code)) return exit_code;
  std::string problem = RequestProblem(values);
  if (problem.empty() && out.empty()) problem = "--out is missing";
  if (!problem.empty()) return FailUsage(io, kCommand, problem);
  const absl::StatusOr<std::string> request = MakeRequest(values);
  if (!request.ok()) return Fail(io, request.status());
  if (const absl::Status status = WritePublicFile(out, *request); !status.ok()) {
    return Fail(io, status);
  }
  const absl::StatusOr<Enrollment> enrollment = ReadEnrollment(*request);
  if (!enrollment.ok()) return Fail(io, enrollment.status());
  io.out << EnrollmentWords(enrollment->keyset) << "request written to " << out
         << "; send it to the log's registrar\n";
  return kExitYes;
}

int RunApprove(CommandIo& io, Arguments arguments) {
  std::vector<std::string> requests;
  std::vector<std::string> registrar_keys;
  std::string out;
  bool yes = false;
  constexpr char kCommand[] = "candor enroll approve";
  FlagSet flags(
      kCommand, "REQUEST --registrar-key FILE --out FILE [--yes]",
      "The registrar's part: shows what a request asks for and signs it. Everybody will see\n"
      "this approval in the log. With several registrar keys, pass it on and sign again.");
  flags.Positional(&requests);
  flags.List("registrar-key", "FILE", "A private key of the log's registrar.", &registrar_keys);
  flags.String("out", "FILE", "Where the approved request goes.", &out);
  flags.Bool("yes", "Do not ask.", &yes);
  int exit_code = 0;
  if (!ParseFlags(io, flags, arguments, &exit_code)) return exit_code;
  if (requests.size() != 1) return FailUsage(io, kCommand, "name exactly one request");
  if (registrar_keys.empty()) return FailUsage(io, kCommand, "--registrar-key is missing");
  if (out.empty()) return FailUsage(io, kCommand, "--out is missing");
  const absl::StatusOr<Enrollment> enrollment = LoadEnrollment(requests[0]);
  if (!enrollment.ok()) return Fail(io, enrollment.status());
  io.out << EnrollmentWords(enrollment->keyset);
  if (!yes && !io.interactive) {
    return FailUsage(io, kCommand, "nobody is there to be asked: give --yes to approve");
  }
  if (!yes && !Confirmed(io)) {
    io.err << "candor: not approved\n";
    return kExitNo;
  }
  const absl::StatusOr<std::string> approved = Approve(*enrollment, registrar_keys);
  if (!approved.ok()) return Fail(io, approved.status());
  if (const absl::Status status = WritePublicFile(out, *approved); !status.ok()) {
    return Fail(io, status);
  }
  io.out << "approved; next: candor enroll submit --log URL " << out << "\n";
  return kExitYes;
}

int RunSubmit(CommandIo& io, Arguments arguments) {
  std::vector<std::string> files;
  std::string out;
  SubmitFlags values;
  constexpr char kCommand[] = "candor enroll submit";
  FlagSet flags(kCommand, "APPROVED --log URL [--policy FILE]",
                "Sends an approved request to the log and waits until it is witnessed.");
  flags.Positional(&files);
  DeclareSubmitFlags(flags, &values);
  flags.String("out", "FILE", "Write the proof there.", &out);
  int exit_code = 0;
  if (!ParseFlags(io, flags, arguments, &exit_code)) return exit_code;
  if (files.size() != 1) return FailUsage(io, kCommand, "name exactly one approved request");
  if (values.log.empty()) return FailUsage(io, kCommand, "--log is missing");
  const absl::StatusOr<std::string> json = ReadFileBounded(files[0], kMaxEnvelopeBytes);
  if (!json.ok()) return Fail(io, json.status(), values.json);
  return SubmitEnrollment(io, values, *json, out);
}

// All three parts at once, where one person runs the log and publishes.
int RunDirect(CommandIo& io, Arguments arguments) {
  RequestFlags request;
  std::vector<std::string> registrar_keys;
  SubmitFlags submit;
  std::string out;
  constexpr char kCommand[] = "candor enroll direct";
  FlagSet flags(kCommand, "... --registrar-key FILE --log URL",
                "Request, approval and submission in one step, for who holds all the keys.");
  DeclareRequest(flags, &request);
  flags.List("registrar-key", "FILE", "A private key of the log's registrar.", &registrar_keys);
  DeclareSubmitFlags(flags, &submit);
  flags.String("out", "FILE", "Write the proof there.", &out);
  int exit_code = 0;
  if (!ParseFlags(io, flags, arguments, &exit_code)) return exit_code;
  std::string problem = RequestProblem(request);
  if (problem.empty() && registrar_keys.empty()) problem = "--registrar-key is missing";
  if (problem.empty() && submit.log.empty()) problem = "--log is missing";
  if (!problem.empty()) return FailUsage(io, kCommand, problem);
  const auto approve = [&]() -> absl::StatusOr<std::string> {
    CANDOR_ASSIGN_OR_RETURN(const std::string json, MakeRequest(request));
    CANDOR_ASSIGN_OR_RETURN(const Enrollment enrollment, ReadEnrollment(json));
    return Approve(enrollment, registrar_keys);
  };
  const absl::StatusOr<std::string> approved = approve();
  if (!approved.ok()) return Fail(io, approved.status(), submit.json);
  return SubmitEnrollment(io, submit, *approved, out);
}

}  // namespace

int RunEnroll(CommandIo& io, Arguments arguments) {
  constexpr Subcommand kSubcommands[] = {
      {"request", "the participant asks: names its keys and products", RunRequest},
      {"approve", "the registrar looks at a request and signs it", RunApprove},
      {"submit", "sends an approved request to the log", RunSubmit},
      {"direct", "all three at once, for who holds all the keys", RunDirect},
  };
  return Dispatch(io, "candor enroll", "Enrols a vendor, assessor or authority with a log.",
                  kSubcommands, arguments);
}

}  // namespace candor
