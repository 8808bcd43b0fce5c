// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/io.h"
#include "client/cli/command.h"
#include "client/cli/files.h"
#include "client/connect.h"
#include "client/describe.h"
#include "core/attest/dsse.h"
#include "core/attest/entry.h"
#include "core/note/tlog_proof.h"
#include "core/util/encoding.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(30);

struct ShowFlags {
  std::vector<std::string> things;
  std::string log;
  std::string ca;
  bool json = false;
};

struct Shown {
  std::string words;
  Json json;
};

absl::StatusOr<Shown> ShowEntry(std::string_view bytes) {
  CANDOR_ASSIGN_OR_RETURN(const Entry entry, DecodeEntry(bytes));
  return Shown{DescribeEntry(entry), EntryJson(entry)};
}

absl::StatusOr<Shown> ShowCheckpoint(std::string_view note) {
  Shown shown;
  CANDOR_ASSIGN_OR_RETURN(shown.words, DescribeCheckpoint(note));
  CANDOR_ASSIGN_OR_RETURN(shown.json, CheckpointJson(note));
  return shown;
}

absl::StatusOr<Shown> ShowProof(std::string_view text) {
  CANDOR_ASSIGN_OR_RETURN(const TlogProof proof, TlogProof::Parse(text));
  Shown shown;
  CANDOR_ASSIGN_OR_RETURN(shown.words, DescribeProof(proof));
  CANDOR_ASSIGN_OR_RETURN(shown.json, ProofJson(proof));
  return shown;
}

absl::StatusOr<Shown> ShowEnvelope(std::string_view json) {
  CANDOR_ASSIGN_OR_RETURN(const DsseEnvelope envelope, ParseEnvelope(json));
  return Shown{DescribeEnvelope(envelope), EnvelopeJson(envelope)};
}

// Tells by the first bytes what it is.
absl::StatusOr<Shown> ShowBytes(std::string_view bytes) {
  if (absl::StartsWith(bytes, "c2sp.org/tlog-proof@")) return ShowProof(bytes);
  if (absl::StartsWith(bytes, "{")) return ShowEnvelope(bytes);
  if (absl::StartsWith(bytes, "\x01")) return ShowEntry(bytes);
  return ShowCheckpoint(bytes);
}

absl::StatusOr<Shown> Show(const ShowFlags& flags) {
  const std::string& thing = flags.things[0];
  CANDOR_ASSIGN_OR_RETURN(std::string certificates, LoadCertificates(flags.ca));
  if (!flags.log.empty()) {
    CANDOR_ASSIGN_OR_RETURN(const uint64_t index, ParseDecimal(thing));
    CANDOR_ASSIGN_OR_RETURN(const std::unique_ptr<LogClient> log,
                            ConnectLog(flags.log, std::move(certificates)));
    CANDOR_ASSIGN_OR_RETURN(const std::string bytes, log->GetEntry(index, kTimeout));
    return ShowEntry(bytes);
  }
  if (absl::StrContains(thing, "://")) {
    CANDOR_ASSIGN_OR_RETURN(const std::unique_ptr<LogClient> log,
                            ConnectLog(thing, std::move(certificates)));
    CANDOR_ASSIGN_OR_RETURN(const std::string note, log->GetCheckpoint(kTimeout));
    return ShowCheckpoint(note);
  }
  CANDOR_ASSIGN_OR_RETURN(const std::string bytes, ReadFileBounded(thing, kMaxTlogProofBytes));
  return ShowBytes(bytes);
}

}  // namespace

int RunShow(CommandIo& io, Arguments arguments) {
  ShowFlags values;
  FlagSet flags(
      "candor show", "FILE | URL | INDEX --log URL",
      "Says in words what something is: a file with a proof, a checkpoint, an entry or a\n"
      "signed envelope; the newest checkpoint of the log at URL; or its entry INDEX.\n"
      "Nothing is verified: candor verify and candor monitor do that.");
  flags.Positional(&values.things);
  flags.String("log", "URL", "The log whose entry INDEX is shown.", &values.log);
  flags.String("ca", "FILE", "PEM certificates to trust for TLS instead of the system's.",
               &values.ca);
  flags.Bool("json", "Print it as JSON.", &values.json);
  int exit_code = 0;
  if (!ParseFlags(io, flags, arguments, &exit_code)) return exit_code;
  if (values.things.size() != 1) {
    return FailUsage(io, "candor show", "name exactly one file, URL or index");
  }
  if (!values.log.empty() && !ParseDecimal(values.things[0]).ok()) {
    return FailUsage(io, "candor show", "with --log, name an entry by its index");
  }
  const absl::StatusOr<Shown> shown = Show(values);
  if (!shown.ok()) return Fail(io, shown.status(), values.json);
  if (values.json) {
    PrintJson(io, shown->json);
  } else {
    io.out << shown->words;
  }
  return kExitYes;
}

}  // namespace candor
