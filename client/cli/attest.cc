// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/io.h"
#include "client/cli/command.h"
#include "client/cli/files.h"
#include "client/release.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr size_t kMaxListBytes = 4 * 1024 * 1024;

absl::Status AddListed(const std::string& list, std::vector<std::string>* artifacts) {
  if (list.empty()) return absl::OkStatus();
  CANDOR_ASSIGN_OR_RETURN(const std::string text, ReadFileBounded(list, kMaxListBytes));
  for (const std::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    artifacts->emplace_back(line);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> MakeStatement(const std::string& list,
                                          std::vector<std::string> artifacts,
                                          const std::string& purl) {
  CANDOR_RETURN_IF_ERROR(AddListed(list, &artifacts));
  if (artifacts.empty())
    return absl::InvalidArgumentError(absl::StrCat(list, " lists no artifact"));
  CANDOR_ASSIGN_OR_RETURN(const std::vector<Artifact> read, ReadArtifacts(artifacts));
  return MakeReleaseStatement(read, purl);
}

int RunAttestRelease(CommandIo& io, Arguments arguments) {
  std::vector<std::string> artifacts;
  std::string list;
  std::string purl;
  std::string out;
  FlagSet flags("candor attest release", "--artifact FILE... --purl PURL [--out statement.json]",
                "Writes an in-toto release statement about the files: one subject each, with\n"
                "sha256 and sha512. Nothing is signed or sent; candor publish does that.");
  flags.List("artifact", "FILE", "A released file.", &artifacts);
  flags.String("list", "FILE", "A text file that names released files, one path a line.", &list);
  flags.String("purl", "PURL", "The product and version, for example pkg:generic/acme/cam@1.2.",
               &purl);
  flags.String("out", "FILE", "Where the statement goes; standard output if not given.", &out);
  int exit_code = 0;
  if (!ParseFlags(io, flags, arguments, &exit_code)) return exit_code;
  if (artifacts.empty() && list.empty()) {
    return FailUsage(io, "candor attest release", "name a file with --artifact or --list");
  }
  if (purl.empty()) return FailUsage(io, "candor attest release", "--purl is missing");
  const absl::StatusOr<std::string> statement = MakeStatement(list, artifacts, purl);
  if (!statement.ok()) return Fail(io, statement.status());
  if (out.empty()) {
    io.out << *statement;
    return kExitYes;
  }
  if (const absl::Status status = WritePublicFile(out, *statement); !status.ok()) {
    return Fail(io, status);
  }
  io.out << "statement written to " << out << "; next: candor publish --statement " << out << "\n";
  return kExitYes;
}

}  // namespace

int RunAttest(CommandIo& io, Arguments arguments) {
  constexpr Subcommand kSubcommands[] = {
      {"release", "a statement that files are a release of a product", RunAttestRelease},
  };
  return Dispatch(io, "candor attest", "Makes statements about artifacts, unsigned.", kSubcommands,
                  arguments);
}

}  // namespace candor
