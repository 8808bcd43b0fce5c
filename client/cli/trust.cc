// SPDX-License-Identifier: Apache-2.0
//
// candor policy check, candor participants check: what the files that say whom to trust mean.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/command.h"
#include "client/cli/files.h"
#include "client/participants.h"
#include "client/quorum_words.h"
#include "client/terminal_text.h"
#include "core/attest/predicates.h"

namespace candor {
namespace {

std::string Unsupported(const VerifierKey& key) {
  return key.supported() ? "" : "  (a key type this program can not verify: never counts)";
}

std::string PolicyWords(const Policy& policy) {
  std::string out;
  for (const PolicyLog& log : policy.logs()) {
    absl::StrAppend(&out, "log      ", ForTerminal(log.vkey.name()), Unsupported(log.vkey), "\n");
  }
  for (const PolicyWitness& witness : policy.witnesses()) {
    absl::StrAppend(&out, "witness  ", ForTerminal(witness.name), "  key name ",
                    ForTerminal(witness.vkey.name()), Unsupported(witness.vkey), "\n");
  }
  absl::StrAppend(&out, "A checkpoint counts when one of the logs signed it, cosigned by ",
                  QuorumWords(policy), ".\n");
  if (policy.logs().empty()) out += "There is no log: nothing can be verified with this policy.\n";
  return out;
}

std::string ParticipantWords(const PinnedParticipant& participant) {
  std::string out = absl::StrCat(
      "participant ", participant.name, "\n  its ",
      absl::StrJoin(participant.accept, ", ",
                    [](std::string* to, PredicateKind kind) { to->append(KindName(kind)); }),
      " statements count when ", participant.threshold, " of these keys signed:\n");
  for (const PinnedKey& key : participant.keys) {
    absl::StrAppend(&out, "    ", ForTerminal(key.name), "  ", key.key.key_hash().hex(), "  ",
                    AlgorithmName(key.key.algorithm()), "\n");
  }
  out += "  about:\n";
  for (const PurlPrefix& prefix : participant.allow) {
    absl::StrAppend(&out, "    ", ForTerminal(prefix.ToString(), 2048), "\n");
  }
  return out;
}

// The one file that a check takes; "" when the command is over.
std::string FileArgument(CommandIo& io, const std::string& command, const std::string& about,
                         Arguments arguments, int* exit_code) {
  std::vector<std::string> files;
  FlagSet flags(command, "FILE", about);
  flags.Positional(&files);
  if (!ParseFlags(io, flags, arguments, exit_code)) return "";
  if (files.size() == 1) return files[0];
  *exit_code = FailUsage(io, command, "name exactly one file");
  return "";
}

int RunPolicyCheck(CommandIo& io, Arguments arguments) {
  int exit_code = 0;
  const std::string file =
      FileArgument(io, "candor policy check", "Reads a tlog-policy file and says what it asks for.",
                   arguments, &exit_code);
  if (file.empty()) return exit_code;
  const absl::StatusOr<Policy> policy = LoadPolicy(file);
  if (!policy.ok()) return Fail(io, policy.status());
  io.out << PolicyWords(*policy);
  return kExitYes;
}

int RunParticipantsCheck(CommandIo& io, Arguments arguments) {
  int exit_code = 0;
  const std::string file =
      FileArgument(io, "candor participants check",
                   "Reads a participants file and says whom it trusts.", arguments, &exit_code);
  if (file.empty()) return exit_code;
  const absl::StatusOr<Participants> participants = LoadParticipants(file);
  if (!participants.ok()) return Fail(io, participants.status());
  for (const PinnedParticipant& participant : participants->all()) {
    io.out << ParticipantWords(participant);
  }
  return kExitYes;
}

}  // namespace

int RunPolicy(CommandIo& io, Arguments arguments) {
  constexpr Subcommand kSubcommands[] = {
      {"check", "reads a policy file and says what it asks for", RunPolicyCheck},
  };
  return Dispatch(io, "candor policy", "Trust policies: which logs and witnesses.", kSubcommands,
                  arguments);
}

int RunParticipants(CommandIo& io, Arguments arguments) {
  constexpr Subcommand kSubcommands[] = {
      {"check", "reads a participants file and says whom it trusts", RunParticipantsCheck},
  };
  return Dispatch(io, "candor participants", "Participants files: whose keys, which products.",
                  kSubcommands, arguments);
}

}  // namespace candor
