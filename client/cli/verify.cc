// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/io.h"
#include "client/artifact_digest.h"
#include "client/cli/command.h"
#include "client/cli/files.h"
#include "client/envelope_publisher.h"
#include "client/participants.h"
#include "client/terminal_text.h"
#include "client/verifier.h"
#include "core/attest/purl.h"
#include "core/attest/purl_prefix.h"
#include "core/note/tlog_proof.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

// No statement is larger than a log takes.
constexpr size_t kMaxPayloadBytes = 64 * 1024 * 1024;

struct VerifyFlags {
  std::vector<std::string> artifacts;
  std::string proof;
  std::string policy;
  std::string participants;
  std::string key;
  std::vector<std::string> allow;
  std::string purl;
  std::string payload;
  bool explain = false;
  bool json = false;
};

void Declare(FlagSet& flags, VerifyFlags* values) {
  flags.Positional(&values->artifacts);
  flags.String("policy", "FILE", "The logs and witnesses you trust (tlog-policy).",
               &values->policy);
  flags.String("participants", "FILE",
               "Whose keys you trust about which products: lines like\n"
               "  participant acme.example\n"
               "  key release-2026 MCowBQYDK2Vw... (base64), or: key release-2026 file acme.pub\n"
               "  allow pkg:generic/acme.example/",
               &values->participants);
  flags.String("key", "FILE", "Instead of --participants: one public key (PEM).", &values->key);
  flags.List("allow", "PREFIX", "With --key: the purl prefix it may speak about; any if not given.",
             &values->allow);
  flags.String("proof", "FILE", "The proof; ARTIFACT.tlog-proof if not given.", &values->proof);
  flags.String("purl", "PURL",
               "The product you expect: a genuine proof of another product of the same vendor is\n"
               "refused then. A version, qualifiers (?arch=arm64) and subpath that it has must be\n"
               "the product's; those left out may be any, but not another repository_url.",
               &values->purl);
  flags.String("payload", "FILE", "The statement, when the proof does not hold it.",
               &values->payload);
  flags.Bool("explain", "Show every step with its values.", &values->explain);
  flags.Bool("json", "Print the whole report as JSON.", &values->json);
  flags.Epilogue(
      "The answer is one line; exit codes:\n"
      "  0   OK: the file is what a trusted participant published, in a trusted log, as\n"
      "      enough witnesses saw it\n"
      "  1   NO: something was checked and is wrong; do not install\n"
      "  2   UNKNOWN: it can not be decided (a file is missing or not supported); do not install\n"
      "  64  the command line is wrong");
}

absl::StatusOr<Participants> TrustedParticipants(const VerifyFlags& flags) {
  if (!flags.participants.empty()) return LoadParticipants(flags.participants);
  CANDOR_ASSIGN_OR_RETURN(PublicKey key, LoadPublicKey(flags.key));
  std::vector<PurlPrefix> allow;
  for (const std::string& text : flags.allow) {
    CANDOR_ASSIGN_OR_RETURN(PurlPrefix prefix, PurlPrefix::Parse(text));
    allow.push_back(std::move(prefix));
  }
  return Participants::FromKey(std::move(key), std::move(allow));
}

VerifyReport CannotDecide(std::string reason, const absl::Status& status) {
  VerifyReport report;
  report.verdict = Verdict::kUnknown;
  report.reason = std::move(reason);
  report.message = ForTerminal(status.message());
  return report;
}

// Gathers the files and asks the verifier.
VerifyReport Decide(const VerifyFlags& flags) {
  const std::string& artifact = flags.artifacts[0];
  const absl::StatusOr<Policy> policy = LoadPolicy(flags.policy);
  if (!policy.ok()) return CannotDecide("POLICY_UNREADABLE", policy.status());
  const absl::StatusOr<Participants> participants = TrustedParticipants(flags);
  if (!participants.ok()) return CannotDecide("PARTICIPANTS_UNREADABLE", participants.status());

  VerifyInput input;
  input.artifact_name = artifact.substr(artifact.rfind('/') + 1);
  input.policy = &*policy;
  input.participants = &*participants;
  input.latest_credible_time = LatestCredibleTime(SystemClock::Get()->Now());
  if (!flags.purl.empty()) {
    const absl::StatusOr<Purl> purl = Purl::Parse(flags.purl);  // checked already
    if (purl.ok()) input.expected_product = *purl;
  }
  absl::StatusOr<ArtifactDigests> digests = DigestFile(artifact);
  if (!digests.ok()) return CannotDecide("ARTIFACT_UNREADABLE", digests.status());
  input.artifact = *std::move(digests);
  const absl::StatusOr<std::string> proof = ReadFileBounded(
      flags.proof.empty() ? artifact + ".tlog-proof" : flags.proof, kMaxTlogProofBytes);
  if (!proof.ok()) return CannotDecide("PROOF_UNREADABLE", proof.status());
  input.proof = *proof;
  absl::StatusOr<std::string> payload = std::string();
  if (!flags.payload.empty()) {
    payload = ReadFileBounded(flags.payload, kMaxPayloadBytes);
    if (!payload.ok()) return CannotDecide("PAYLOAD_UNREADABLE", payload.status());
    input.payload = *payload;
  }
  return Verify(input);
}

Json ReportJson(const VerifyReport& report, const std::string& artifact) {
  Json out = {{"verdict", VerdictWord(report.verdict)},
              {"reason", report.reason},
              {"message", report.message},
              {"artifact", artifact},
              {"steps", Json::array()}};
  for (const VerifyStep& step : report.steps) {
    out["steps"].push_back({{"name", step.name},
                            {"verdict", VerdictWord(step.verdict)},
                            {"reason", step.reason},
                            {"detail", step.detail}});
  }
  if (report.verdict != Verdict::kYes) return out;
  out["purls"] = report.purls;
  out["participant"] = report.participant;
  out["keys"] = report.key_names;
  out["log"] = report.log_origin;
  out["index"] = report.index;
  out["treeSize"] = report.tree_size;
  out["witnesses"] = report.witnesses;
  if (report.logged_by) out["loggedBy"] = *report.logged_by;
  if (report.fresh_as_of) out["freshAsOf"] = *report.fresh_as_of;
  return out;
}

int ExitCodeOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kYes:
      return kExitYes;
    case Verdict::kNo:
      return kExitNo;
    case Verdict::kUnknown:
      break;
  }
  return kExitUnknown;
}

}  // namespace

int RunVerify(CommandIo& io, Arguments arguments) {
  VerifyFlags values;
  FlagSet flags("candor verify",
                "ARTIFACT --policy FILE (--participants FILE | --key PUB.pem) [--purl PURL]",
                "Says whether a file is what its vendor published. Works offline: only files are\n"
                "read, nothing is fetched.");
  Declare(flags, &values);
  int exit_code = 0;
  if (!ParseFlags(io, flags, arguments, &exit_code)) return exit_code;
  if (values.artifacts.size() != 1) {
    return FailUsage(io, "candor verify", "name exactly one artifact");
  }
  if (values.policy.empty()) return FailUsage(io, "candor verify", "--policy is missing");
  if (values.participants.empty() == values.key.empty()) {
    return FailUsage(io, "candor verify", "give either --participants or --key");
  }
  if (values.key.empty() && !values.allow.empty()) {
    return FailUsage(io, "candor verify", "--allow goes with --key");
  }
  if (!values.purl.empty() && !Purl::Parse(values.purl).ok()) {
    return FailUsage(io, "candor verify", "--purl is no package URL like pkg:generic/acme/cam");
  }

  const VerifyReport report = Decide(values);
  if (values.json) {
    PrintJson(io, ReportJson(report, values.artifacts[0]));
    return ExitCodeOf(report.verdict);
  }
  if (values.explain) {
    for (const VerifyStep& step : report.steps) {
      io.out << VerdictWord(step.verdict) << "\t" << step.name << "\t" << step.detail << "\n";
    }
  }
  io.out << VerdictWord(report.verdict) << ": " << report.message << InBrackets(report.reason)
         << "\n";
  return ExitCodeOf(report.verdict);
}

}  // namespace candor
