// SPDX-License-Identifier: Apache-2.0
#include "client/monitor.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/clock.h"
#include "base/http_client.h"
#include "base/url.h"
#include "client/cli/command.h"
#include "client/cli/files.h"
#include "client/describe.h"
#include "client/monitor_state.h"
#include "client/remote_log_reader.h"
#include "client/retry.h"
#include "client/terminal_text.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr char kCommand[] = "candor monitor";

struct MonitorFlags {
  std::string log;
  std::string policy;
  std::string state;
  std::string ca;
  std::string interval = "10s";
  bool once = false;
  bool follow = false;
  bool json = false;
};

// Prints what the monitor finds.
class Printer final : public MonitorObserver {
 public:
  Printer(CommandIo& io, bool json) : io_(io), json_(json) {}

  void OnCheckpoint(const PolicyResult& result) override {
    const Checkpoint& checkpoint = result.checkpoint;
    if (json_) {
      PrintJson(io_, {{"event", "checkpoint"},
                      {"origin", checkpoint.origin},
                      {"treeSize", checkpoint.tree_size},
                      {"rootHash", checkpoint.root.hex()},
                      {"cosignatures", result.cosignatures.size()}});
    } else {
      io_.out << "checkpoint: " << ForTerminal(checkpoint.origin) << " has " << checkpoint.tree_size
              << " entries, consistent, " << result.cosignatures.size() << " witness(es)\n";
    }
  }

  void OnEntry(uint64_t index, const Entry& entry,
               absl::Span<const std::string> participants) override {
    if (json_) {
      PrintJson(io_, {{"event", "entry"},
                      {"index", index},
                      {"participants", participants},
                      {"entry", EntryJson(entry)}});
    } else {
      io_.out << EntryLine(index, entry, participants) << "\n";
    }
  }

  absl::Status Flush() override {
    io_.out.flush();
    if (io_.out.good()) return absl::OkStatus();
    return Refuse(absl::StatusCode::kInternal, "OUTPUT_FAILED",
                  "standard output could not be written (disk full, or its reader is gone); what "
                  "did not get out is not remembered as told: run it again");
  }

  // An alarm, or something that only hinders.
  void OnError(const absl::Status& status, bool alarm) {
    // An alarm finds its way when standard output is broken.
    if (json_ && io_.out.good()) {
      PrintJson(io_, {{"event", alarm ? "alarm" : "problem"},
                      {"reason", ReasonOf(status)},
                      {"message", ForTerminal(status.message(), 4096)}});
      io_.out.flush();
    } else {
      io_.err << (alarm ? "ALARM: " : "candor: ") << ForTerminal(status.message(), 4096)
              << InBrackets(ReasonOf(status)) << '\n'
              << std::flush;
    }
  }

 private:
  CommandIo& io_;
  const bool json_;
};

int ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return kExitYes;
  const bool refused = IsMonitorAlarm(status) || ReasonOf(status) == "LOG_WENT_BACK";
  return refused ? kExitNo : kExitUnknown;
}

// What may go away by itself while following.
bool MayPass(const absl::Status& status) {
  return IsRetryable(status) || absl::IsNotFound(status) || ReasonOf(status) == "LOG_WENT_BACK" ||
         ReasonOf(status) == "RESPONSE_MALFORMED";
}

absl::Status Follow(Monitor* monitor, Printer* printer, absl::Duration interval, bool once) {
  SystemSleeper sleeper;
  while (true) {
    absl::Status status = monitor->Poll();
    if (!status.ok()) printer->OnError(status, IsMonitorAlarm(status));
    if (once || (!status.ok() && !MayPass(status))) return status;
    sleeper.Sleep(interval);
  }
}

// `*told` becomes true once errors are the printer's.
absl::Status Run(const MonitorFlags& flags, Printer* printer, bool* told) {
  CANDOR_ASSIGN_OR_RETURN(const absl::Duration interval, ParseTimeout(flags.interval));
  CANDOR_ASSIGN_OR_RETURN(const Policy policy, LoadPolicy(flags.policy));
  CANDOR_ASSIGN_OR_RETURN(const Url url, Url::Parse(flags.log));
  HttpClientOptions options;
  CANDOR_ASSIGN_OR_RETURN(options.ca_certificates_pem, LoadCertificates(flags.ca));
  CANDOR_ASSIGN_OR_RETURN(const std::unique_ptr<HttpClient> http,
                          NewHttpClient(std::move(options)));
  RemoteLogReader reader(url.ToString(), http.get());
  CANDOR_ASSIGN_OR_RETURN(const std::unique_ptr<MonitorState> state,
                          MonitorState::Open(flags.state));
  CANDOR_ASSIGN_OR_RETURN(
      const std::unique_ptr<Monitor> monitor,
      Monitor::Create(&policy, &reader, state.get(), SystemClock::Get(), printer));
  *told = true;
  return Follow(monitor.get(), printer, interval, !flags.follow);
}

}  // namespace

int RunMonitor(CommandIo& io, Arguments arguments) {
  MonitorFlags values;
  FlagSet flags(
      kCommand, "--log URL --policy FILE --state DIR [--once | --follow]",
      "Follows a log: checks that every checkpoint is signed, witnessed and extends the one\n"
      "before, that every entry is in the tree and was allowed to be, and prints new\n"
      "entries. Goes on exactly where it stopped.");
  flags.String("log", "URL", "The log's http:// or https:// URL.", &values.log);
  flags.String("policy", "FILE", "The log and witnesses that you trust (tlog-policy).",
               &values.policy);
  flags.String("state", "DIR", "Where it remembers what it saw; made if it is not there.",
               &values.state);
  flags.Bool("once", "Catch up and end (the default).", &values.once);
  flags.Bool("follow", "Go on until something is wrong.", &values.follow);
  flags.String("interval", "TIME", "How often --follow looks, default 10s.", &values.interval);
  flags.String("ca", "FILE", "PEM certificates to trust for TLS instead of the system's.",
               &values.ca);
  flags.Bool("json", "One JSON document a line: events checkpoint, entry, alarm, problem.",
             &values.json);
  flags.Epilogue(
      "Exit codes:\n"
      "  0   everything is in order\n"
      "  1   ALARM: the log misbehaved (evidence is kept in DIR), or it went back\n"
      "  2   it could not be looked at (network, an entry of a later version), or standard\n"
      "      output could not be written; try again\n"
      "  64  the command line is wrong");
  int exit_code = 0;
  if (!ParseFlags(io, flags, arguments, &exit_code)) return exit_code;
  if (values.log.empty()) return FailUsage(io, kCommand, "--log is missing");
  if (values.policy.empty()) return FailUsage(io, kCommand, "--policy is missing");
  if (values.state.empty()) return FailUsage(io, kCommand, "--state is missing: name a folder");
  if (values.once && values.follow) return FailUsage(io, kCommand, "give --once or --follow");

  Printer printer(io, values.json);
  bool told = false;
  const absl::Status status = Run(values, &printer, &told);
  if (!told && !status.ok()) {
    Fail(io, status, values.json);
    return kExitUnknown;
  }
  return ExitCodeOf(status);
}

}  // namespace candor
